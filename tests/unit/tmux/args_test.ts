import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  capturePane,
  group,
  isKeyName,
  killScript,
  line,
  processTable,
  sendScript,
  startScript,
} from "../../../src/tmux/args.ts";
import {
  listPanes,
  listPanesAgain,
  PANE_FIELDS,
  serverArgs,
} from "../../../src/tmux/listing.ts";
import { quote } from "../../../src/tmux/quote.ts";

const quoted: Array<[word: string, quoted: string]> = [
  ["", "''"],
  ["plain", "'plain'"],
  ["two words", "'two words'"],
  ["it's", `'it'"'"'s'`],
  ["''", `''"'"''"'"''`],
  ["a\nb", `'a'"\\n"'b'`],
  ["\n", `''"\\n"''`],
  [
    '"$HOME" ~ `x` \\ #{pid} #(id) ; {',
    `'"$HOME" ~ \`x\` \\ #{pid} #(id) ; {'`,
  ],
  ["back\\slash\\\n", `'back\\slash\\'"\\n"''`],
  ["tab\tand\rreturn", "'tab\tand\rreturn'"],
  ["ünï 🦕", "'ünï 🦕'"],
];

for (const [word, expected] of quoted) {
  Deno.test(`quote: ${JSON.stringify(word)}`, () => {
    assertEquals(quote(word), expected);
  });
}

Deno.test("line and group never hold a line break of a word", () => {
  const awkward = "one\n\ntwo\n";
  const script = group(line("set-option", awkward), line("display", awkward));
  assertFalse(script.includes("\n"));
  assertMatch(script, /^'set-option' .+ ; 'display' .+$/);
});

Deno.test("the default socket is named too, so that $TMUX is ignored", () => {
  assertEquals(serverArgs(null), ["-u", "-L", "default"]);
  assertEquals(serverArgs("work"), ["-u", "-L", "work"]);
});

// deno-fmt-ignore
const keyNames = [
  "C-c", "M-x", "C-M-x", "M-C-x", "C-[", "C-@", "M--", "Enter", "Escape",
  "Tab", "Space", "BSpace", "Up", "Down", "Left", "Right", "F1", "F9", "F10",
  "F12",
];
// deno-fmt-ignore
const texts = [
  "", "c", "C-", "C-cc", "C-c ", " C-c", "C-c\n", "c-c", "S-a", "C-é", "enter",
  "ENTER", "Enter Enter", "Return", "F0", "F13", "F1x", "up", "-l", "ls",
];

for (const keys of keyNames) {
  Deno.test(`a key: ${keys}`, () => assert(isKeyName(keys)));
}
for (const keys of texts) {
  Deno.test(`text: ${JSON.stringify(keys)}`, () => {
    assertFalse(isKeyName(keys));
  });
}

const send = { enter: true, literal: false };
const leave = "'copy-mode' '-q' '-t' '%1'";
const enter = "'send-keys' '-t' '%1' 'Enter'";
const sent: Array<[name: string, script: string, expected: string]> = [
  [
    "text, then Enter",
    sendScript("%1", "ls -l", send),
    `${leave} ; 'send-keys' '-t' '%1' '-l' '--' 'ls -l' ; ${enter}\n`,
  ],
  [
    "a key without Enter",
    sendScript("%1", "C-c", send),
    `${leave} ; 'send-keys' '-t' '%1' '--' 'C-c'\n`,
  ],
  [
    "the name of a key as text",
    sendScript("%1", "C-c", { enter: true, literal: true }),
    `${leave} ; 'send-keys' '-t' '%1' '-l' '--' 'C-c' ; ${enter}\n`,
  ],
  [
    "text without Enter",
    sendScript("%1", "y", { enter: false, literal: false }),
    `${leave} ; 'send-keys' '-t' '%1' '-l' '--' 'y'\n`,
  ],
];

for (const [name, script, expected] of sent) {
  Deno.test(`sendScript: ${name}`, () => assertEquals(script, expected));
}

/** The commands of a start, each without its quotes. */
function started(spec: Partial<Parameters<typeof startScript>[0]>): string[] {
  const script = startScript({
    name: "bot",
    argv: ["sleep", "9"],
    command: "sleep 9",
    env: {},
    stop: { signal: "SIGINT", timeout: null },
    tag: "t-1",
    record: null,
    tmuxBinary: "tmux",
    ...spec,
  });
  assertEquals(script.indexOf("\n"), script.length - 1, "one line, one group");
  return script.trimEnd().split(" ; ").map((part) => part.replaceAll("'", ""));
}

Deno.test("startScript: a session and its marks come in one group", () => {
  const commands = started({});
  assertEquals(commands.map((command) => command.split(" ", 1)[0]), [
    "new-session",
    ...Array(5).fill("set-option"),
    ...["set-option", "set-option", "set-option", "set-hook"],
    "run-shell",
    "list-panes",
  ]);
  assertEquals(
    commands[0],
    "new-session -d -P -F #{session_id} -s bot -x 200 -y 50 -- sleep 9",
  );
  assertStringIncludes(commands.join("\n"), "-t =bot: destroy-unattached off");
});

Deno.test("startScript: a shell is neither kept when it ends nor watched", () => {
  const commands = started({ argv: null, command: null });
  assertEquals(commands.map((command) => command.split(" ", 1)[0]), [
    ...["new-session", ...Array(5).fill("set-option"), "list-panes"],
  ]);
  assertFalse(commands[0]?.includes("--"));
});

Deno.test("startScript: overridden variables travel under another name", () => {
  const [newSession] = started({ env: { PATH: "/x", A: "a=b", TERM: "t" } });
  assertStringIncludes(
    newSession ?? "",
    "-e KSTLIB_OPS_PATH=/x -e A=a=b -e KSTLIB_OPS_TERM=t --",
  );
});

Deno.test("startScript: the command is stored so that it breaks no listing", () => {
  const commands = started({ command: "a\tb\n#{pid}\ud800é" });
  assert(
    commands.some((command) =>
      command.endsWith("@kstlib_command a%09b%0A%23%7Bpid%7D%EF%BF%BD%C3%A9")
    ),
  );
});

Deno.test("startScript: an ended session makes room by its id, if still ended", () => {
  const [first] = started({ replaces: { sessionId: "$3", paneId: "%7" } });
  assertMatch(first ?? "", /^if-shell -F -t %7 #\{.*pane_dead.*\$3/);
  const [kill] = started({ replaces: { sessionId: "$3", paneId: null } });
  assertEquals(kill, "kill-session -t $3");
});

Deno.test("startScript: a run that is remembered is logged from its first byte", () => {
  const record = { run: 7, prefix: "/s/000007", log: null };
  const unlogged = started({ record }).join("\n");
  assertStringIncludes(unlogged, "@kstlib_prefix /s/000007");
  assertStringIncludes(unlogged, "@kstlib_run t-1 7\n");
  assertFalse(unlogged.includes("pipe-pane"));

  const script = startScript({
    name: "bot",
    argv: ["x"],
    command: "x",
    env: {},
    stop: { signal: "SIGTERM", timeout: 30 },
    tag: "t-1",
    record: { ...record, log: { maxSize: 100_000, maxFiles: 3 } },
    tmuxBinary: "tmux",
  });
  assertStringIncludes(script, "'@kstlib_run' 't-1 7 100000 3'");
  assertStringIncludes(script, "'@kstlib_stop' 'SIGTERM 30'");
  const isPiped = script.indexOf("'pipe-pane'");
  assert(isPiped > 0 && isPiped < script.indexOf("'run-shell'"));
});

Deno.test("killScript sends a signal, wakes the stopped, and says no word", () => {
  assertEquals(
    killScript("SIGTERM", [{ group: 12 }, { pid: 13, started: 0 }]),
    "'run-shell' '-b' '{ kill -s TERM -- -12; kill -s CONT -- -12; " +
      "kill -s TERM -- 13; kill -s CONT -- 13; } >/dev/null 2>&1; exit 0'\n",
  );
});

Deno.test("killScript asks a single process first whether it is the one", () => {
  assertMatch(
    killScript("SIGKILL", [{ pid: 13, started: 99 }]),
    /if \[ "\$\(.*\/proc\/13\/stat.*\)" = 99 \]; then kill -s KILL -- 13; /,
  );
});

Deno.test("processTable goes through a buffer that it takes away again", () => {
  const args = processTable("/opt/my tmux's", "b1", ["t-1"]);
  assertStringIncludes(
    args.join(" "),
    `'/opt/my tmux'\\''s' load-buffer -b b1`,
  );
  assertEquals(args.slice(-4), [";", "delete-buffer", "-b", "b1"]);
  assertStringIncludes(args.join(" "), "KSTLIB_OPS_RUN=t-1 /proc/");
});

Deno.test("listPanes asks for every field", () => {
  const format = listPanes().at(-1) ?? "";
  for (const field of PANE_FIELDS) assertStringIncludes(format, field);
  assertEquals(listPanesAgain().slice(-4), listPanes());
});

Deno.test("capturePane keeps colours and joins wrapped lines", () => {
  const args = capturePane("%4");
  for (const flag of ["-e", "-J"]) assert(args.includes(flag));
  assertEquals(args.slice(-2), ["-t", "%4"]);
});
