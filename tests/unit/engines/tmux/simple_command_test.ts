import { assertEquals } from "@std/assert";
import {
  shellArgv,
  simpleProgram,
} from "../../../../src/engines/tmux/simple_command.ts";

const SIMPLE: Record<string, string> = {
  "./bot": "./bot",
  "python bot.py": "python",
  "python3.12 -u bot.py --greeting 'Hi; there & (all)'": "python3.12",
  'node bot.js "a | b" "say \\"hi\\""': "node",
  "~/bin/bot --fast": "~/bin/bot",
  "/opt/bot+/run-it *.cfg ~/x {a,b} [0-9]": "/opt/bot+/run-it",
  'bot $HOME/x ${TOKEN} "$A ${B} 5 $" $1': "bot",
  "bot --price 5\\; a\\ b \\$x": "bot",
  "bot >bot.log 2>&1": "bot",
  "bot >> bot.log 2> /dev/null < in <&- 3<&0": "bot",
  "bot \\\n  --long \\\n  --list": "bot",
  "  bot --from-a-block\n \n": "bot",
  "\n\tbot": "bot",
  "bot # a comment": "bot",
  "nohup sleep 5": "nohup",
  "env A=1 bot B=2": "env",
  "2 x": "2",
  "ls": "ls",
};

for (const [command, program] of Object.entries(SIMPLE)) {
  Deno.test(`one simple command: ${JSON.stringify(command)}`, () => {
    assertEquals(simpleProgram(command), program);
  });
}

const OTHERS: readonly string[] = [
  "",
  " \n",
  "a; b",
  "a;",
  "a & b",
  "a &",
  "a && b",
  "a | b",
  "a || b",
  "a\nb",
  "a # one\nb",
  "(a)",
  "{ a; }",
  "! a",
  "a $(b)",
  'a "$(b)"',
  "a $((1 + 1))",
  "a `b`",
  'a "`b`"',
  "a ${B:-$(c)}",
  "a ${B:-x}",
  'a "${B:-x}"',
  "a $'it\\'s; b'",
  'a $"b"',
  "a << E\nx\nE",
  "a <<< b",
  "a <(b)",
  "a >|b",
  "a &>b",
  "a >&b",
  "a >>&1",
  "a 2>&1x",
  "a <>b",
  "a() { b; }",
  "a 'b",
  'a "b',
  "a # don't",
  "a \\",
  "A=1",
  "A=1 a",
  "$A b",
  "'a' b",
  '"a" b',
  "a'b' c",
  "\\a b",
  "-a b",
  "a* b",
  "~user/a",
  ">log a",
  "2>&1 a",
  "a>log",
  "[ -e x ]",
  "[[ -e x ]]",
  "exec a",
  "cd /tmp",
  ". ./env",
  ": > x",
  "time a",
  "command a",
  "while a",
  "if a",
  "echo a",
  "test -e x",
  "trap x INT",
  "coproc a",
  "%1",
];

for (const command of OTHERS) {
  Deno.test(`left to the shell: ${JSON.stringify(command)}`, () => {
    assertEquals(simpleProgram(command), null);
    assertEquals(shellArgv(command), ["sh", "-c", command]);
  });
}

Deno.test("a simple command takes the place of its shell", () => {
  assertEquals(shellArgv("./bot 2>&1"), ["sh", "-c", "exec ./bot 2>&1"]);
  assertEquals(shellArgv("\n  ./bot\n"), ["sh", "-c", "exec ./bot\n"]);
});
