import { assertEquals } from "@std/assert";
import { doctor, runDoctor } from "../../../../src/cli/commands/doctor.ts";
import type { ExamineOptions } from "../../../../src/doctor/examine.ts";
import type { Finding } from "../../../../src/doctor/finding.ts";
import { input } from "../input.ts";
import { recorder } from "../recorder.ts";

const fine: Finding[] = [
  { check: "tmux", level: "ok", fact: "tmux 3.3a", remedy: null },
  { check: "state", level: "note", fact: "not there\x1b[2J", remedy: null },
  { check: "docker", level: "warning", fact: "down", remedy: "start it" },
];
const broken: Finding[] = [
  ...fine,
  { check: "config", level: "broken", fact: "wrong", remedy: "correct it" },
];

function fake(findings: readonly Finding[]) {
  const asked: ExamineOptions[] = [];
  return {
    asked,
    examine: (options: ExamineOptions = {}) => {
      asked.push(options);
      return Promise.resolve([...findings]);
    },
  };
}

Deno.test("doctor shows a terminal marks, facts and remedies", async () => {
  const context = recorder({ isTerminal: true });
  assertEquals(await runDoctor(context, input(doctor), fake(broken)), 1);
  assertEquals(context.out().split("\n"), [
    "ok       tmux: tmux 3.3a",
    "note     state: not there\\x1b[2J",
    "warning  docker: down",
    "         start it",
    "broken   config: wrong",
    "         correct it",
    "",
  ]);
});

// deno-lint-ignore no-control-regex -- colors are made of them
const MARK = /^\x1b\[(\d+)m(\w+)/gm;

Deno.test("doctor colors the marks", async () => {
  const context = recorder({ isTerminal: true, hasColor: true });
  await runDoctor(context, input(doctor), fake(broken));
  const colors = [...context.out().matchAll(MARK)]
    .map(([, color, level]) => `${level} ${color}`);
  assertEquals(colors, ["ok 32", "note 34", "warning 33", "broken 31"]);
});

Deno.test("doctor gives a pipe tabs", async () => {
  const context = recorder();
  assertEquals(await runDoctor(context, input(doctor), fake(fine)), 0);
  assertEquals(context.out().split("\n"), [
    "ok\ttmux\ttmux 3.3a\t",
    "note\tstate\tnot there\\x1b[2J\t",
    "warning\tdocker\tdown\tstart it",
    "",
  ]);
});

Deno.test("doctor --quiet shows only what is not ok, also as JSON", async () => {
  const context = recorder({ json: true });
  assertEquals(await runDoctor(context, input(doctor, "-q"), fake(broken)), 1);
  assertEquals(JSON.parse(context.out()), broken.slice(1));

  const healthy = recorder();
  const library = fake(fine.slice(0, 1));
  assertEquals(await runDoctor(healthy, input(doctor, "-q"), library), 0);
  assertEquals(healthy.out(), "");
});

Deno.test("doctor passes on which configuration is meant", async () => {
  const library = fake(fine);
  await runDoctor(recorder(), input(doctor, "--config", "x.yml"), library);
  assertEquals(library.asked[0]?.file, "x.yml");
});
