import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  beginStopScript,
  capturePane,
  group,
  killCommand,
  line,
  prepareScript,
  processScript,
  resumeLogScript,
  sendScript,
  startScript,
  type StartSpec,
  watchScript,
} from "../../../../src/engines/tmux/args.ts";
import {
  listPanes,
  listPanesAgain,
  PANE_FIELDS,
  serverArgs,
} from "../../../../src/engines/tmux/listing.ts";
import { quote } from "../../../../src/engines/tmux/quote.ts";

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

const send = { enter: true, literal: false };
const leave = "'copy-mode' '-q' '-t' '%1'";
const enter = "'send-keys' '-t' '%1' 'Enter'";
const sent: Array<[name: string, script: string, expected: string]> = [
  [
    "text, then Enter",
    sendScript("%1", "ls -l", send),
    `${leave} ; 'send-keys' '-t' '%1' '-l' '--' 'ls -l' ; ${enter}`,
  ],
  [
    "a key without Enter",
    sendScript("%1", "C-c", send),
    `${leave} ; 'send-keys' '-t' '%1' '--' 'C-c'`,
  ],
  [
    "the name of a key as text",
    sendScript("%1", "C-c", { enter: true, literal: true }),
    `${leave} ; 'send-keys' '-t' '%1' '-l' '--' 'C-c' ; ${enter}`,
  ],
  [
    "text without Enter",
    sendScript("%1", "y", { enter: false, literal: false }),
    `${leave} ; 'send-keys' '-t' '%1' '-l' '--' 'y'`,
  ],
];

for (const [name, script, expected] of sent) {
  Deno.test(`sendScript: ${name}`, () => assertEquals(script, expected));
}

/** The commands of a start, each without its quotes. */
function started(spec: Partial<StartSpec>): string[] {
  const script = startScript({
    name: "bot",
    launch: { argv: ["sleep", "9"], env: {} },
    command: "sleep 9",
    stopSignal: "SIGINT",
    stopTimeout: 10,
    tag: "t-1",
    record: null,
    tmuxBinary: "tmux",
    ...spec,
  });
  assertFalse(script.includes("\n"), "one line, one group");
  return script.split(" ; ").map((part) => part.replaceAll("'", ""));
}

Deno.test("startScript: a session, its marks and its writer come in one group", () => {
  const commands = started({});
  assertEquals(commands.map((command) => command.split(" ", 1)[0]), [
    "new-session",
    ...Array(4).fill("set-option"),
    "pipe-pane",
    ...["set-option", "set-option", "set-option", "set-hook"],
  ]);
  assertEquals(
    commands[0],
    "new-session -d -P -F kstlib-made t-1 #{session_id} -s bot -x 200 -y 50 " +
      "-e KSTLIB_OPS_LAUNCH_RUN=t-1  -- sleep 9",
  );
  assertStringIncludes(commands.join("\n"), "-t =bot: destroy-unattached off");
});

Deno.test("startScript: a shell is not kept when it ends, and has no writer", () => {
  const launch = { argv: null, env: {} };
  const commands = started({ launch, command: null });
  assertEquals(commands.map((command) => command.split(" ", 1)[0]), [
    ...["new-session", ...Array(4).fill("set-option")],
  ]);
  assertFalse(commands[0]?.includes("--"));
});

Deno.test("startScript: the variables of the launch are those of the pane", () => {
  const env = { KSTLIB_OPS_PATH: "/x", A: "a=b" };
  const [newSession] = started({ launch: { argv: ["x"], env } });
  assertStringIncludes(newSession ?? "", "-e KSTLIB_OPS_PATH=/x -e A=a=b -e ");
});

Deno.test("what has to be there for starts is told once, and taken back", () => {
  assertStringIncludes(prepareScript(), "'@kstlib_log_writer'");
  assertStringIncludes(prepareScript(), "'KSTLIB_OPS_LAUNCHER'");
  assertStringIncludes(
    watchScript(),
    "'set-environment' '-gu' 'KSTLIB_OPS_LAUNCHER'",
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
  const record = { run: 7, prefix: "/s/a\nb/000007", log: null };
  const unlogged = started({ record }).join("\n");
  assertStringIncludes(unlogged, "@kstlib_run t-1 7 bot\n");
  // Nothing is logged, but nothing may outlive the pane either.
  assertStringIncludes(unlogged, "#{pane_pid} t-1 10 0 0");

  const script = startScript({
    name: "bot",
    launch: { argv: ["x"], env: {} },
    command: "x",
    stopSignal: "SIGTERM",
    stopTimeout: 30,
    tag: "t-1",
    record: { ...record, log: { maxSize: 100_000, maxFiles: 3 } },
    tmuxBinary: "tmux",
  });
  assertStringIncludes(script, "'@kstlib_run' 't-1 7 bot 100000 3'");
  assertStringIncludes(script, "'@kstlib_stop' 'SIGTERM 30'");
  assertStringIncludes(script, "#{pane_pid} t-1 30 100000 3");
});

Deno.test("beginStopScript marks a pane only while it holds that run", () => {
  assertMatch(
    beginStopScript({ paneId: "%3", run: "t-1 7", remains: true, until: 99 }),
    /^'if-shell' '-F' '-t' '%3' '#\{.*@kstlib_run\},t-1 7\}.*@kstlib_stopping/,
  );
});

Deno.test("resumeLogScript: the writer of a shell ends nothing", () => {
  const spec = {
    name: "bot",
    tag: "t-1",
    record: null,
    stopTimeout: 10,
    tmuxBinary: "tmux",
  };
  assertStringIncludes(resumeLogScript("%3", spec, true), "#{pane_pid}");
  assertFalse(resumeLogScript("%3", spec, false).includes("#{pane_pid}"));
});

Deno.test("killCommand sends a signal, and wakes the stopped", () => {
  const targets = [{ group: 12 }, { pid: 13, started: 0 }];
  assertStringIncludes(
    killCommand([{ signal: "SIGTERM", targets }]),
    "kill -s TERM -- -12; kill -s CONT -- -12; " +
      "kill -s TERM -- 13; kill -s CONT -- 13",
  );
  assertEquals(killCommand([]), "");
});

Deno.test("killCommand sends to all groups at once what they get alike", () => {
  const command = killCommand([
    { signal: "SIGINT", targets: [{ group: 12 }] },
    { signal: "SIGHUP", targets: [{ group: 14 }] },
    { signal: "SIGINT", targets: [{ group: 13 }] },
  ]);
  assertStringIncludes(command, "kill -s INT -- -12 -13; kill -s CONT");
  assertStringIncludes(command, "kill -s HUP -- -14; ");
});

Deno.test("killCommand asks a single process first whether it is the one", () => {
  const targets = [{ pid: 13, started: 99 }];
  assertMatch(
    killCommand([{ signal: "SIGKILL", targets }]),
    /^one\(\) \{.*; one KILL 13 99$/s,
  );
});

Deno.test("processScript goes through a buffer that it takes away again", () => {
  const script = processScript({ tmuxBinary: "/opt/my tmux's", buffer: "b1" });
  assertStringIncludes(script, "load-buffer -b b1 -");
  assertMatch(script, /; 'delete-buffer' '-b' 'b1'$/);
  assertStringIncludes(script, "KSTLIB_OPS_RUN=");
  assertFalse(script.includes("TMUX%%"));
  const question = { tmuxBinary: "tmux", buffer: "b1", removesSocket: true };
  assertStringIncludes(processScript(question), 'rm -f "${TMUX%%,*}"');
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
