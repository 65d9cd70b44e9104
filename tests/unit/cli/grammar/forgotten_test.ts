import { assertEquals } from "@std/assert";
import { findCommand } from "../../../../src/cli/commands/table.ts";
import {
  lineWithDashes,
  ownWords,
} from "../../../../src/cli/grammar/forgotten.ts";

const lines: [typed: string, meant: string | undefined][] = [
  ["exec web ls", "exec web -- ls"],
  ["exec web ls -l", "exec web -- ls -l"],
  ["exec -b container web ls -la x", "exec -b container web -- ls -la x"],
  ["exec --runtime=podman web ls", "exec --runtime=podman web -- ls"],
  ["exec web ls --json", "exec web -- ls --json"],
  ["exec web git log -- file", "exec web -- git log -- file"],
  ["exec web", undefined],
  ["exec web -l", undefined],
  ["exec -- web ls", undefined],
  ["exec web -- ls -l", undefined],
  ["start zz sleep -n 5", "start zz -- sleep -n 5"],
  ["start zz -L work ls -la", "start zz -L work -- ls -la"],
  ["start zz sh -c x", "start zz -- sh -c x"],
  ["start zz -c sleep 5", "start zz -- sleep 5"],
  ["start zz -q --command sleep -n 5", "start zz -q -- sleep -n 5"],
  ["start -c x", undefined],
  ["start zz -c x", undefined],
  ["start zz -n 5", undefined],
  ["send bot ls -la", "send bot -- ls -la"],
  ["send bot -x", "send bot -- -x"],
  ["send -x", undefined],
  ["stop bot web -x", undefined],
];

for (const [typed, meant] of lines) {
  Deno.test(`lineWithDashes() of: ops ${typed}`, async () => {
    const [name = "", ...words] = typed.split(" ");
    const command = await findCommand(name).load();
    const line = lineWithDashes(name, command, words);
    assertEquals(line, meant && `ops ${meant}`);
  });
}

Deno.test("lineWithDashes() quotes what a shell would read otherwise", async () => {
  const command = await findCommand("exec").load();
  const words = ["web", "sh", "-c", "echo $HOME; it's", ""];
  assertEquals(
    lineWithDashes("exec", command, words),
    `ops exec web -- sh -c 'echo $HOME; it'\\''s' ''`,
  );
});

Deno.test("ownWords() ends where another command line begins", async () => {
  const exec = await findCommand("exec").load();
  assertEquals(ownWords(exec, ["web", "psql", "-h", "db"]), ["web"]);
  assertEquals(ownWords(exec, ["web", "-h"]), ["web", "-h"]);
  const start = await findCommand("start").load();
  assertEquals(ownWords(start, ["a", "b", "-h"]), ["a", "b", "-h"]);
});
