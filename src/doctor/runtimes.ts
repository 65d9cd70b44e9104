/** Podman and Docker: are they there, new enough, and do they answer? */
import { ContainerClient } from "../engines/container/client.ts";
import { type Dialect, DIALECTS } from "../engines/container/dialect.ts";
import {
  BackendNotFoundError,
  ContainerRuntimeNotFoundError,
  EngineError,
  EngineTimeoutError,
  PermissionError,
} from "../core/errors.ts";
import {
  ContainerRuntime,
  ENGINE_NAMES,
  type EngineName,
} from "../core/status.ts";
import {
  diagnose,
  type Diagnosis,
  type Finding,
  findingOf,
  ok,
} from "./finding.ts";
import type { Needs } from "../fleet/needs.ts";
import type { Scene } from "./scene.ts";
import { isOlder, OLDEST, versionIn } from "./versions.ts";

/** What was seen of a runtime. */
export type Seen =
  | { readonly is: "missing" }
  | { readonly is: "unknown"; readonly error: PermissionError }
  | {
    readonly is: "failing";
    readonly diagnosis: Diagnosis;
    /** See `EngineError.isOff`. */
    readonly isOff?: boolean;
  }
  | { readonly is: "answering"; readonly versions: readonly string[] };

/** What was seen of each. */
export type AllSeen = Readonly<Record<ContainerRuntime, Seen>>;

/** Are the runtimes there, new enough, and do they answer? */
export async function examineRuntimes(scene: Scene): Promise<Finding[]> {
  const engines = await scene.engines;
  const [needs, podman, docker] = await Promise.all([
    scene.needs,
    see("podman", scene),
    see("docker", scene),
  ]);
  return judgeRuntimes({ podman, docker }, needs)
    .filter(({ check }) => !isLeftOut(check, engines));
}

/** Whether it is the name of an engine that may not be asked. */
function isLeftOut(name: string, engines: readonly EngineName[]): boolean {
  return ENGINE_NAMES.some((it) => it === name && !engines.includes(it));
}

async function see(runtime: ContainerRuntime, scene: Scene): Promise<Seen> {
  if (isLeftOut(runtime, await scene.engines)) return { is: "missing" };
  const { host, timeoutMs } = scene;
  const dialect = DIALECTS[runtime];
  const client = new ContainerClient(dialect, host);
  try {
    const [program, engine] = await Promise.all([
      client.perform(["--version"], { timeoutMs }),
      // Something that the engine itself must answer.
      client.perform(dialect.engineVersion ?? dialect.list, { timeoutMs }),
    ]);
    const diagnosis = diagnoseStandIn(runtime, program.stdout);
    if (diagnosis !== null) return { is: "failing", diagnosis };
    const said = [program, ...dialect.engineVersion === null ? [] : [engine]]
      .map(({ stdout }) => stdout);
    return {
      is: "answering",
      versions: said.flatMap((it) => versionIn(it) ?? []),
    };
  } catch (error) {
    if (error instanceof BackendNotFoundError) return { is: "missing" };
    if (error instanceof PermissionError) return { is: "unknown", error };
    if (!(error instanceof EngineError)) throw error;
    const { isOff } = error;
    return { is: "failing", isOff, diagnosis: diagnoseEngine(error, dialect) };
  }
}

/** A program can be another one by that name. */
function diagnoseStandIn(
  runtime: ContainerRuntime,
  version: string,
): Diagnosis | null {
  const other = Object.values(ContainerRuntime).find((it) =>
    it !== runtime && version.toLowerCase().startsWith(it)
  );
  return other === undefined ? null : {
    fact: `the program "${runtime}" is ${other}: it shows the same ` +
      "containers twice",
    remedy: `remove what put it there, such as the package ${other}-${runtime}`,
  };
}

function diagnoseEngine(error: EngineError, dialect: Dialect): Diagnosis {
  const { runtime, getAccess } = dialect;
  const reason = error.message.replace(`${error.engine}: `, "");
  const said = /\(it says: .*\)$/s.exec(reason)?.[0] ?? "";
  const fact = (what: string) => `${what} ${said}`.trim();
  if (error instanceof EngineTimeoutError) {
    return {
      fact: `its engine has not answered for ${error.timeoutMs / 1000} s`,
      remedy: "it is stopped, hung or overloaded: look at its process, and " +
        "restart it if it stays like this",
    };
  }
  if (reason.includes(getAccess)) {
    return { fact: fact("no right to its socket"), remedy: getAccess };
  }
  const [, what, remedy] =
    /^(installed, but its engine does not run|no engine answers at \S+): (.*?) \(it says/s
      .exec(reason) ?? [];
  if (what !== undefined && remedy !== undefined) {
    return { fact: fact(what), remedy };
  }
  return { fact: reason, remedy: `see what "${runtime} ps" says` };
}

/** What it means that the runtimes are as they were seen. */
export function judgeRuntimes(seen: AllSeen, needs: Needs): Finding[] {
  const runtimes = Object.values(ContainerRuntime);
  const installed = runtimes.filter((it) => seen[it].is !== "missing");
  // A container that names none gets the first runtime that is installed.
  const users = (runtime: ContainerRuntime) => [
    ...needs.runtime[runtime],
    ...(installed[0] === runtime ? needs.either : []),
  ];
  const findings = runtimes.map((runtime) =>
    judgeRuntime(runtime, seen[runtime], users(runtime))
  );
  if (installed.length > 0 || needs.either.length === 0) return findings;
  return [...findings, {
    check: "containers",
    level: "broken",
    ...neededBy(
      diagnose(new ContainerRuntimeNotFoundError(null)),
      needs.either,
    ),
  }];
}

function judgeRuntime(
  check: ContainerRuntime,
  seen: Seen,
  users: readonly string[],
): Finding {
  switch (seen.is) {
    case "missing": {
      const missing = diagnose(new ContainerRuntimeNotFoundError(check));
      const level = users.length > 0 ? "broken" : "note";
      return { check, level, ...neededBy(missing, users) };
    }
    case "unknown":
      return findingOf(check, seen.error);
    case "failing": {
      const level = users.length > 0
        ? "broken"
        : seen.isOff
        ? "note"
        : "warning";
      return { check, level, ...neededBy(seen.diagnosis, users) };
    }
    case "answering": {
      const old = seen.versions.find((it) => isOlder(it, OLDEST[check]));
      if (old === undefined) {
        return ok(check, `${check} ${seen.versions.at(-1) ?? ""} answers`);
      }
      const diagnosis = {
        fact: `${check} ${old} is too old`,
        remedy: `install ${check} ${OLDEST[check]} or later`,
      };
      const level = users.length > 0 ? "broken" : "warning";
      return { check, level, ...neededBy(diagnosis, users) };
    }
  }
}

function neededBy(
  { fact, remedy }: Diagnosis,
  users: readonly string[],
): Diagnosis {
  if (users.length === 0) return { fact, remedy };
  return { fact: `${fact}; needed by ${users.join(", ")}`, remedy };
}
