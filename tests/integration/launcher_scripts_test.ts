/**
 * What runs in a pane and behind it, under each shell that may be its `sh`. tmux
 * is a program that answers as it is told to and notes how it was called.
 */
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  launchCommand,
  type LaunchSpec,
} from "../../src/engines/tmux/launcher.ts";
import { shellQuote } from "../../src/engines/tmux/quote.ts";
import { pause } from "../../src/core/pause.ts";
import { parseEntries } from "../../src/state/log_times.ts";
import { programTest } from "../helpers/engines.ts";
import { isAlive, processInfo } from "../helpers/processes.ts";
import { ROOT, Sandbox } from "../helpers/sandbox.ts";
import { until } from "../helpers/wait.ts";

const LAUNCHER = `${ROOT}src/engines/tmux/launcher.sh`;
const LOG_WRITER = `${ROOT}src/engines/tmux/log_writer.sh`;
const RESPAWNED = `${ROOT}src/engines/tmux/respawned.sh`;

programTest("shellcheck")("shellcheck has nothing to say", async () => {
  await using sandbox = new Sandbox();
  const { stdout, stderr } = await sandbox.run("shellcheck", [
    LAUNCHER,
    LOG_WRITER,
    RESPAWNED,
  ]);
  assertEquals(stdout + stderr, "");
});

/** The shells, and what each does if it is there. As `sh`, bash is POSIX's. */
const SHELLS: Record<string, readonly string[]> = {
  dash: ["-c", ":"],
  bash: ["--version"],
  busybox: ["sh", "-c", ":"],
};

/** It refuses what the file `refuses` is there for. */
const TMUX = `#!/bin/sh
dir=\${0%/*}
echo "$*" >>"$dir/calls"
case $* in
  *display-message*@kstlib_stopping*) [ ! -s "$dir/told" ] || echo "$(date +%s)|$(cat "$dir/told")" ;;
  *display-message*pane_pid*)
    [ -e "$dir/pane" ] || { echo "can't find pane: %7" >&2; exit 1; }
    cat "$dir/pane"
    ;;
  *"@kstlib_pid "[0-9]*) [ ! -e "$dir/refuses" ] ;;
esac
`;

/** A folder for the files of one test, with the `sh` that is tested. */
class Scene extends Sandbox {
  readonly tag = crypto.randomUUID();
  readonly prefix = this.path("log/000001");
  readonly sh = this.path("bin/sh");
  readonly tmuxBinary = this.path("tmux");

  constructor(shell: string) {
    super();
    const { stdout } = new Deno.Command("sh", {
      args: ["-c", 'command -v "$1"', "sh", shell],
    }).outputSync();
    Deno.mkdirSync(this.path("bin"));
    Deno.mkdirSync(this.path("log"));
    Deno.symlinkSync(new TextDecoder().decode(stdout).trim(), this.sh);
    Deno.writeTextFileSync(this.tmuxBinary, TMUX, { mode: 0o755 });
    this.answer("told", `|${this.tag} 1\n`);
  }

  /** What tmux says from now on. */
  answer(what: "told" | "pane", text: string): void {
    Deno.writeTextFileSync(this.path(what), text);
  }

  /** From now on tmux knows nothing of it. */
  forget(what: "told" | "pane"): void {
    Deno.removeSync(this.path(what));
  }

  /** How tmux was called. */
  get calls(): string {
    return this.read("calls");
  }

  /** A file; empty where there is none. */
  read(path: string): string {
    try {
      return Deno.readTextFileSync(this.path(path));
    } catch {
      return "";
    }
  }

  /** What the launcher has noted, without the times. */
  get notes(): string[] {
    const lines = this.read("log/000001.end").split("\n").slice(0, -1);
    return lines.map((it) => it.replace(/ (\d{10,}) /, " TIME "));
  }

  /** Has the launcher run a command as tmux would. */
  launch(
    command: readonly string[],
    spec: Partial<LaunchSpec> = {},
    prefix = this.prefix,
  ): Deno.ChildProcess {
    const { argv, env } = launchCommand({
      name: "bot",
      command,
      program: "$1",
      env: {},
      restart: { name: "no", maxRetries: null },
      tmuxBinary: this.tmuxBinary,
      ...spec,
    });
    return new Deno.Command(this.sh, {
      args: argv!.slice(1),
      env: {
        PATH: `${this.path("bin")}:${Deno.env.get("PATH")}`,
        TMUX: "/tmp/socket,1,0",
        TMUX_PANE: "%7",
        DIR: this.dir,
        ...env,
        KSTLIB_OPS_LAUNCHER: Deno.readTextFileSync(LAUNCHER),
        KSTLIB_OPS_LAUNCH_RUN: `${this.tag} ${prefix}`,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  /** Has the writer write as tmux would, until the input ends. */
  async writeLog(
    input:
      | Iterable<Uint8Array<ArrayBuffer>>
      | AsyncIterable<Uint8Array<ArrayBuffer>>,
    { leader = null, timeout = 1, maxSize = 1_000_000, maxFiles = 5, prefix }: {
      readonly leader?: number | null;
      readonly timeout?: number;
      readonly maxSize?: number;
      readonly maxFiles?: number;
      readonly prefix?: string;
    } = {},
  ): Promise<Deno.CommandStatus> {
    const words = [
      ...[prefix ?? this.prefix, this.tmuxBinary, "/tmp/socket", "%7"],
      ...[`${leader ?? ""}`, this.tag],
      ...[timeout, maxSize, maxFiles].map(String),
    ];
    const child = new Deno.Command(this.sh, {
      args: [
        "-c",
        `set -- ${words.map(shellQuote).join(" ")}\n` +
        Deno.readTextFileSync(LOG_WRITER),
      ],
      env: { PATH: `${this.path("bin")}:${Deno.env.get("PATH")}` },
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await ReadableStream.from(input).pipeTo(child.stdin);
    return await child.status;
  }

  /** The logs in their order. */
  logs(): { readonly name: string; readonly data: Uint8Array }[] {
    return [...Deno.readDirSync(this.path("log"))].map(({ name }) => name)
      .filter((name) => name.endsWith(".log")).sort()
      .map((name) => ({
        name,
        data: Deno.readFileSync(this.path(`log/${name}`)),
      }));
  }

  /** A process of the run, once it is ready. */
  async member(script: string): Promise<Deno.ChildProcess> {
    const ready = this.path(`ready-${crypto.randomUUID()}`);
    const child = spawn(["sh", "-c", script], {
      KSTLIB_OPS_RUN: this.tag,
      DIR: this.dir,
      READY: ready,
    });
    await until(() => Deno.statSync(ready).isFile);
    return child;
  }
}

function spawn(
  [program, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Deno.ChildProcess {
  return new Deno.Command(program, {
    args,
    env: { ...env },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

async function output(child: Deno.ChildProcess) {
  const { code, signal, stdout, stderr } = await child.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, signal, out: decode(stdout), err: decode(stderr) };
}

const text = (it: string) => new TextEncoder().encode(it);
const script = (it: string) => ["sh", "-c", it] as const;
const now = () => Math.floor(Date.now() / 1000);
const ON_FAILURE = { name: "on-failure", maxRetries: 1 } as const;
const ALWAYS = { name: "always", maxRetries: null } as const;

/** Signals, and what a shell makes of them. */
const SIGNALS: Record<string, number> = {
  HUP: 129,
  INT: 130,
  QUIT: 131,
  ABRT: 134,
  KILL: 137,
  USR1: 138,
  SEGV: 139,
  TERM: 143,
};

for (const [shell, args] of Object.entries(SHELLS)) {
  const shellTest = programTest(shell, ...args);

  shellTest(`${shell}: an exit code is passed on, and noted`, async () => {
    for (const code of [0, 3, 128]) {
      await using scene = new Scene(shell);
      const began = now();
      const end = await output(scene.launch(script(`exit ${code}`)));
      assertEquals(end, { code, signal: null, out: "", err: "" });
      assertEquals(scene.notes, [`${code} - TIME final`]);
      const time = Number(scene.read("log/000001.end").split(" ")[2]);
      assert(time >= began && time <= now());
      assertEquals(Deno.statSync(`${scene.prefix}.end`).mode! & 0o777, 0o600);
    }
  });

  for (const [name, code] of Object.entries(SIGNALS)) {
    shellTest(`${shell}: of ${name} the launcher dies as well`, async () => {
      await using scene = new Scene(shell);
      const child = scene.launch(["sleep", "1000"]);
      const [, pid] = await until(() => /@kstlib_pid (\d+)/.exec(scene.calls));
      await until(() => processInfo(Number(pid))?.argv[0] === "sleep");
      const signal = `SIG${name}` as Deno.Signal;
      Deno.kill(Number(pid), signal);
      assertEquals(await output(child), { code, signal, out: "", err: "" });
      assertEquals(scene.notes, [`${code} ${name} TIME final`]);
    });
  }

  shellTest(
    `${shell}: what cannot be run is told, and ends as such`,
    async () => {
      await using scene = new Scene(shell);
      Deno.writeTextFileSync(scene.path("text"), "");
      const program = (name: string, text: string) => {
        Deno.writeTextFileSync(scene.path(name), text, { mode: 0o755 });
        return scene.path(name);
      };
      const [bin, text] = [scene.path("bin"), scene.path("text")];
      const bad = program("bad", "#!/no/sh -e\necho never\n");
      const far = program("far", "#! /no/sh\necho never\n");
      const env = { PATH: "/opt/x y", HOME: scene.dir };
      const inDir = { env: { PATH: `/opt:${scene.dir}` } };
      const missing = "there is no program";
      const cases: [string, number, string, Partial<LaunchSpec>?][] = [
        ["nothing", 127, `${missing} "nothing" (PATH: /opt/x y)`, { env }],
        ["./a;b", 127, `${missing} "./a;b" (in ${Deno.cwd()})`],
        [`${text}/x`, 127, `${missing} "${text}/x"`],
        [text, 126, `"${text}" may not be executed: chmod +x`],
        [bin, 126, `"${bin}" is a folder`],
        ["sh", 127, `${missing} "${scene.dir}/none"`, {
          env,
          program: "~/none",
        }],
        [far, 127, `there is no "/no/sh", the interpreter of "${far}"`],
        [
          "bad",
          127,
          `there is no "/no/sh", the interpreter of "${bad}"`,
          inDir,
        ],
      ];
      for (const [command, expected, fault, spec = {}] of cases) {
        const { code, err } = await output(scene.launch([command], spec));
        assertEquals([code, err], [expected, `ops: ${fault}\n`]);
        assertEquals(scene.notes.at(-1), `${expected} - TIME final`);
        assertStringIncludes(scene.calls, `-t %7 @kstlib_fault ${fault}\n`);
      }
      assertFalse(scene.calls.includes("@kstlib_pid"));
      const good = program("good", "#!/bin/sh\nexit 3\n");
      assertEquals((await output(scene.launch([good]))).code, 3);
      // What it cannot know is left to the shell.
      const { code } = await output(scene.launch(["nothing"], { program: "" }));
      assertEquals(code, 127);
      assertStringIncludes(scene.calls, "@kstlib_pid");
    },
  );

  shellTest(`${shell}: the command has its own environment alone`, async () => {
    await using scene = new Scene(shell);
    const PATH = `/opt/x y:${Deno.env.get("PATH")}`;
    const { out } = await output(scene.launch(["env", "-0"], {
      env: { A: "it's\n$(b)", PATH, IFS: ":" },
    }));
    const env = Object.fromEntries(
      out.split("\0").slice(0, -1).map((it) => {
        const at = it.indexOf("=");
        return [it.slice(0, at), it.slice(at + 1)];
      }),
    );
    assertEquals([env.A, env.PATH, env.IFS], ["it's\n$(b)", PATH, ":"]);
    const own = Object.keys(env).filter((it) => /kstlib/i.test(it)).sort();
    assertEquals(own, ["KSTLIB_OPS_RUN", "KSTLIB_OPS_SESSION"]);
    assertEquals(env.KSTLIB_OPS_RUN, scene.tag);
    assertEquals(env.KSTLIB_OPS_SESSION, "/tmp/socket:bot");
  });

  shellTest(
    `${shell}: the command is as if it were run by itself`,
    async () => {
      await using scene = new Scene(shell);
      for (
        const command of [
          ["grep", "Sig[BI]", "/proc/self/status"],
          ["ls", "/proc/self/fd"],
          ["sh", "-c", "echo yes; echo no >&2"],
        ] as const
      ) {
        const launched = await output(scene.launch(command));
        const { stdout, stderr } = await scene.run(
          command[0],
          command.slice(1),
        );
        assertEquals([launched.out, launched.err], [stdout, stderr]);
      }
    },
  );

  shellTest(
    `${shell}: the command tells its own pid, or is not run`,
    async () => {
      await using scene = new Scene(shell);
      const { out } = await output(scene.launch(script("echo $$")));
      const told = `-N set-option -p -t %7 @kstlib_pid ${out.trim()} ;`;
      assert(scene.calls.startsWith(told), scene.calls);

      await Deno.writeTextFile(scene.path("refuses"), "");
      const touch = scene.launch(script('echo ran >"$DIR/ran"; echo ran'));
      const refused = await output(touch);
      assertEquals([refused.code, refused.out], [125, ""]);
      assertEquals(scene.read("ran"), "");
    },
  );

  shellTest(`${shell}: a failure is tried again as often as told`, async () => {
    await using scene = new Scene(shell);
    const child = scene.launch(script("echo run; exit 3"), {
      restart: ON_FAILURE,
    });
    const { code, out } = await output(child);
    assertEquals([code, out], [3, "run\nrun\n"]);
    assertEquals(scene.notes, ["3 - TIME again", "3 - TIME final"]);
    assertMatch(scene.calls, /@kstlib_restarts 0 \d+\n/);
    assertMatch(scene.calls, /@kstlib_restarts 1\n/);
    assertMatch(scene.calls, /@kstlib_restarts 1 used-up\n/);
  });

  shellTest(`${shell}: a success is no failure`, async () => {
    await using scene = new Scene(shell);
    const child = scene.launch(script("echo run"), { restart: ON_FAILURE });
    const { code, out } = await output(child);
    assertEquals([code, out, scene.notes], [0, "run\n", ["0 - TIME final"]]);
  });

  shellTest(
    `${shell}: who has lost tmux or the pane starts nothing again`,
    async () => {
      for (const told of ["", "|another-run 2\n", "|\n"]) {
        await using scene = new Scene(shell);
        scene.answer("told", told);
        const child = scene.launch(script("echo run; exit 3"), {
          restart: ALWAYS,
        });
        const { code, out } = await output(child);
        assertEquals([code, out, scene.notes], [3, "run\n", ["3 - TIME gone"]]);
      }
    },
  );

  shellTest(`${shell}: what is remembered nowhere is not noted`, async () => {
    await using scene = new Scene(shell);
    const { code } = await output(scene.launch(script("exit 3"), {}, ""));
    const files = [...Deno.readDirSync(scene.path("log"))];
    assertEquals([code, files], [3, []]);
  });

  shellTest(
    `${shell}: a stop keeps it until it hears that all is over`,
    async () => {
      await using scene = new Scene(shell);
      scene.answer("told", `${now() + 60}|${scene.tag} 1\n`);
      const child = scene.launch(script("exit 3"), { restart: ALWAYS });
      await until(() => scene.notes.length > 0);
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert(isAlive(child.pid));
      child.kill("SIGURG");
      const { code } = await output(child);
      assertEquals([code, scene.notes], [3, ["3 - TIME stopped"]]);
    },
  );

  shellTest(`${shell}: a stop whose time is over keeps nothing`, async () => {
    await using scene = new Scene(shell);
    scene.answer("told", `${now() - 1}|${scene.tag} 1\n`);
    const { code } = await output(scene.launch(script("exit 3")));
    assertEquals([code, scene.notes], [3, ["3 - TIME final"]]);
  });

  shellTest(
    `${shell}: a signal to the launcher alone ends nothing`,
    async () => {
      await using scene = new Scene(shell);
      const child = scene.launch(script(
        'echo >"$DIR/ready"; while [ ! -e "$DIR/go" ]; do sleep 0.05; done; exit 4',
      ));
      await until(() => scene.read("ready") !== "");
      for (const it of ["HUP", "INT", "TERM"] as const) child.kill(`SIG${it}`);
      await Deno.writeTextFile(scene.path("go"), "");
      const { code, signal } = await output(child);
      assertEquals([code, signal], [4, null]);
      assertEquals(scene.notes, ["4 - TIME final"]);
    },
  );

  shellTest(`${shell}: a log holds its input byte for byte`, async () => {
    await using scene = new Scene(shell);
    const data = random(60_000);
    const chunks = [0, 1, 20_000, 20_007].map((start, i, all) =>
      data.slice(start, all[i + 1])
    );
    assertEquals((await scene.writeLog(chunks)).code, 0);
    const [log, ...more] = scene.logs();
    assertEquals([log?.name, more], ["000001.000001.log", []]);
    assertEquals(log?.data, data);
    const { mode } = Deno.statSync(scene.path("log/000001.000001.log"));
    assertEquals(mode! & 0o777, 0o600);
  });

  shellTest(`${shell}: a full log is followed by another`, async () => {
    await using scene = new Scene(shell);
    const data = random(300_000);
    await scene.writeLog([data], { maxSize: 65_536, maxFiles: 100 });
    const logs = scene.logs();
    assertEquals(logs.map(({ name }) => name), [
      ...[1, 2, 3, 4, 5].map((i) => `000001.00000${i}.log`),
    ]);
    assert(logs.every((it) => it.data.length <= 65_536));
    assertEquals(joined(logs), data);

    // It goes on after them; the oldest make room.
    const later = random(100_000);
    await scene.writeLog([later], { maxSize: 65_536, maxFiles: 2 });
    const kept = scene.logs();
    assertEquals(kept.map(({ name }) => name), [
      ...[6, 7].map((i) => `000001.00000${i}.log`),
    ]);
    assertEquals(joined(kept), later);
  });

  shellTest(`${shell}: an index tells when the output came`, async () => {
    await using scene = new Scene(shell);
    const began = now();
    await scene.writeLog(async function* () {
      yield text("one\n");
      await pause(1_100);
      yield text("two\n");
      await pause(1_100);
      yield text("three");
    }());
    const times = scene.read("log/000001.000001.times");
    const entries = parseEntries(times);
    assertEquals(entries.map(({ offset }) => offset), [0, 4, 8], times);
    const [first, second, third] = entries.map(({ time }) => time - began);
    assert(first! >= 0 && second! > first! && third! > second!, times);

    // A further writer of the run goes on after a gap.
    await scene.writeLog([text("more")]);
    const [gap] = parseEntries(scene.read("log/000001.000002.times"));
    assertEquals(gap?.gap?.reason, "its writer was gone");
    assertEquals(Math.abs(gap!.gap!.since - began - third!) <= 1, true);
  });

  shellTest(`${shell}: what is written often costs few processes`, async () => {
    await using scene = new Scene(shell);
    await scene.write(
      "bin/dd",
      '#!/bin/sh\necho >>"$0.calls"\nexec /bin/dd "$@"\n',
      0o755,
    );
    await scene.writeLog(async function* () {
      for (let i = 0; i < 500; i++) {
        yield text(`${i}\n`);
        await pause(5);
      }
    }());
    assertEquals(joined(scene.logs()).length, 500 * 4 - 110);
    // Where the shell has its own, none are counted.
    assert(scene.read("bin/dd.calls").length < 200);
  });

  shellTest(
    `${shell}: an index that cannot be written keeps no log`,
    async () => {
      await using scene = new Scene(shell);
      Deno.mkdirSync(scene.path("log/000001.000001.times"));
      const data = random(10_000);
      await scene.writeLog([data]);
      assertEquals(joined(scene.logs()), data);
    },
  );

  shellTest(`${shell}: a log goes on once it can be written`, async () => {
    await using scene = new Scene(shell);
    Deno.removeSync(scene.path("log"));
    await scene.writeLog(async function* () {
      yield text("lost");
      await until(() => scene.calls.includes("@kstlib_log_error"));
      Deno.mkdirSync(scene.path("log"));
      for (let i = 0; scene.logs().every(({ data }) => !data.length); i++) {
        yield text(`kept ${i}`);
        await pause(100);
      }
    }());
    assertMatch(scene.calls, /-pu -t %7 @kstlib_log_error/);
    const [entry] = parseEntries(scene.read("log/000001.000001.times"));
    assertEquals(entry?.offset, 0);
    assertMatch(entry!.gap!.reason, /nonexistent|No such file/);
  });

  shellTest(`${shell}: a log that cannot be written says why`, async () => {
    await using scene = new Scene(shell);
    const prefix = scene.path("nowhere/000001");
    const { code } = await scene.writeLog([text("x".repeat(200_000))], {
      prefix,
    });
    assertEquals(code, 0);
    assertMatch(
      scene.calls,
      /^-S \/tmp\/socket -N set-option -p -t %7 @kstlib_log_error .*(nonexistent|No such file)/,
    );
  });

  shellTest(`${shell}: once the pane is gone, its run is ended`, async () => {
    await using scene = new Scene(shell);
    const leader = spawn(LEADER);
    const stubborn = await scene.member(
      `trap '' HUP TERM; echo >"$READY"; while :; do sleep 0.1; done`,
    );
    const cleaning = await scene.member(
      `trap 'echo clean >"$DIR/clean"; exit 7' TERM; trap '' HUP
      echo >"$READY"; while :; do sleep 0.1; done`,
    );
    const other = spawn(["sleep", "1000"], { KSTLIB_OPS_RUN: "another-run" });
    const began = performance.now();
    const { code } = await scene.writeLog([text("x")], {
      leader: leader.pid,
      timeout: 2,
    });
    assertEquals(code, 0);
    assertEquals((await cleaning.status).code, 7);
    assertEquals(scene.read("clean"), "clean\n");
    assertEquals((await stubborn.status).signal, "SIGKILL");
    const passedMs = performance.now() - began;
    assert(passedMs >= 1_000, `killed after ${passedMs} ms`);
    // Of a launcher that does not end, nothing more is to come.
    assertEquals((await leader.status).signal, "SIGKILL");
    assert(isAlive(other.pid));
    other.kill();
    await other.status;
  });

  shellTest(
    `${shell}: what was not noted by a killed launcher is ended`,
    async () => {
      await using scene = new Scene(shell);
      await Deno.writeTextFile(`${scene.prefix}.end`, "3 - 1700000000 again\n");
      const member = await scene.member('echo >"$READY"; exec sleep 1000');
      await scene.writeLog([], { leader: await ended() });
      assertMatch((await member.status).signal!, /SIG(HUP|TERM)/);
    },
  );

  shellTest(`${shell}: while all is in order, nothing is ended`, async () => {
    await using scene = new Scene(shell);
    const member = await scene.member('echo >"$READY"; exec sleep 1000');
    const leader = spawn(LEADER);
    // Somebody has only taken the pipe away.
    scene.answer("pane", `${leader.pid}\n`);
    await scene.writeLog([], { leader: leader.pid });
    // It has ended, and what it leaves was meant to stay.
    scene.forget("pane");
    for (const what of ["final", "stopped"]) {
      await Deno.writeTextFile(`${scene.prefix}.end`, `0 - 1 ${what}\n`);
      await scene.writeLog([], { leader: await ended() });
    }
    // An interactive shell has nobody to pass a hang-up on.
    await scene.writeLog([], { leader: null });
    assert(isAlive(member.pid) && isAlive(leader.pid));
    for (const child of [member, leader]) {
      child.kill("SIGKILL");
      await child.status;
    }
  });
}

/** In the place of a launcher, and on no terminal of whoever runs the tests. */
const LEADER = [
  ...["setsid", "sh", "-c", "trap '' HUP TERM; exec sleep 1000"] as const,
] as const;

/** The number of a process that has ended. */
async function ended(): Promise<number> {
  const child = spawn(["true"]);
  await child.status;
  return child.pid;
}

function random(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, () => Math.random() * 256);
}

function joined(logs: readonly { readonly data: Uint8Array }[]): Uint8Array {
  return Uint8Array.from(logs.flatMap(({ data }) => [...data]));
}
