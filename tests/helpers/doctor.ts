/** What `ops doctor` finds, and how tests look at it. */
import { assertEquals, assertMatch } from "@std/assert";
import type { Finding } from "../../src/doctor/finding.ts";
import { opsWith } from "./cli.ts";
import { needsRoot } from "./nobody.ts";
import type { RunOptions, Sandbox } from "./sandbox.ts";

/** What `ops doctor --json` said. */
export interface Examination {
  readonly code: number;
  readonly findings: readonly Finding[];
}

/** Runs `ops doctor`, which has nothing to say but its findings. */
export async function examined(
  sandbox: Sandbox,
  env: RunOptions["env"] = {},
): Promise<Examination> {
  const args = ["doctor", "--json"];
  const { code, stdout, stderr } = await opsWith(sandbox, { env }, ...args);
  assertEquals(stderr, "");
  return { code, findings: JSON.parse(stdout) };
}

/** Asserts that this is among the findings, and that the exit code fits. */
export function assertFound(
  { code, findings }: Examination,
  check: string,
  level: Finding["level"],
  fact: RegExp,
  remedy?: RegExp,
): void {
  const found = findings.filter((it) => it.check === check);
  const match = found.find((it) => fact.test(it.fact)) ?? found[0];
  assertEquals(match?.level, level, JSON.stringify(findings, null, 2));
  assertMatch(match!.fact, fact);
  if (remedy) assertMatch(match!.remedy ?? "", remedy);
  const isBroken = findings.some((it) => it.level === "broken");
  assertEquals(code, isBroken ? 1 : 0);
}

type Register = (name: string, body: () => Promise<void>) => void;

/** Registers tests that need root, skipped where we are not. */
export function ofRoot(register: Register): Register {
  if (needsRoot === null) return register;
  return (name, body) => Deno.test.ignore(`${name} [${needsRoot}]`, body);
}
