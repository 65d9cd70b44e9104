import { assertEquals } from "@std/assert";
import { findingOf } from "../../../src/doctor/finding.ts";
import {
  EngineError,
  PermissionError,
  TmuxNotFoundError,
} from "../../../src/core/errors.ts";

Deno.test("findingOf parts the fact from what to do", () => {
  const { fact, remedy } = findingOf("x", new TmuxNotFoundError("tmux"));
  assertEquals(fact, "tmux is not installed (or not on the PATH)");
  assertEquals(remedy?.startsWith('install it with "apt install'), true);

  const engine = new EngineError("tmux (socket a)", "not so: do this: now");
  assertEquals(findingOf("x", engine), {
    check: "x",
    level: "broken",
    fact: "tmux (socket a): not so",
    remedy: "do this: now",
  });
});

Deno.test("findingOf names the flag of a permission, ours or Deno's", () => {
  const ours = new PermissionError("run tmux", "--allow-run=tmux");
  assertEquals(findingOf("x", ours), {
    check: "x",
    level: "note",
    fact: "not permitted to run tmux",
    remedy: 'add --allow-run=tmux to "deno run"',
  });
  const denos = new Deno.errors.NotCapable(
    'Requires read access to "/a", run again with the --allow-read flag',
  );
  assertEquals(findingOf("x", denos), {
    check: "x",
    level: "note",
    fact: 'Requires read access to "/a"',
    remedy: 'add --allow-read to "deno run"',
  });
});

Deno.test("findingOf hides no failure that nobody expected", () => {
  assertEquals(findingOf("x", new Error("oh (os error 5)")), {
    check: "x",
    level: "warning",
    fact: "could not be examined: oh",
    remedy: null,
  });
});
