/** The tmux program, and the servers of this user. */
import {
  BackendNotFoundError,
  EngineError,
  EngineTimeoutError,
  OpsError,
  TmuxNotFoundError,
} from "../core/errors.ts";
import { shellWord } from "../core/shell_word.ts";
import { survivorNames } from "../core/definition.ts";
import { firstLine, serverIsAbsent } from "../engines/tmux/answers.ts";
import { clientOf, TmuxClient } from "../engines/tmux/client.ts";
import { findLost } from "../engines/tmux/strays.ts";
import { discoverSockets, socketDirectory } from "../engines/tmux/sockets.ts";
import { diagnose, type Finding, findingOf, ok } from "./finding.ts";
import type { Scene } from "./scene.ts";
import { isOlder, OLDEST, versionIn } from "./versions.ts";

const PROGRAM = "tmux";
const SOCKET = "tmux-socket";
const LOST = "tmux-lost";

/** Is tmux there, and new enough? */
export async function examineTmux(scene: Scene): Promise<Finding[]> {
  const { onlyContainers } = await scene.needs;
  const binary = await scene.tmuxBinary;
  const check = PROGRAM;
  try {
    const { stdout, stderr } = await scene.host.run(
      { binary, args: ["-V"], engine: binary },
      { timeoutMs: scene.timeoutMs },
    );
    const version = versionIn(stdout);
    const level = onlyContainers ? "warning" : "broken";
    if (version === null) {
      const said = firstLine(stdout) || firstLine(stderr);
      return [{
        check,
        level,
        fact: `${binary} -V does not tell a version (it says: ${said})`,
        remedy: "see whether it is tmux, or name another as ops.tmux_binary",
      }];
    }
    return [
      isOlder(version, OLDEST.tmux)
        ? {
          check,
          level,
          fact: `tmux ${version} is too old`,
          remedy: `install tmux ${OLDEST.tmux} or later`,
        }
        : ok(check, `tmux ${version}`),
    ];
  } catch (error) {
    if (!(error instanceof BackendNotFoundError)) throw error;
    const level = onlyContainers ? "note" : "broken";
    return [{ check, level, ...diagnose(new TmuxNotFoundError(binary)) }];
  }
}

/** Do the servers answer? */
export async function examineSockets(scene: Scene): Promise<Finding[]> {
  const { labels, directory, hidden } = await knownSockets();
  const binary = await scene.tmuxBinary;
  const found = await Promise.all(labels.map((label) =>
    examineSocket(
      new TmuxClient(binary, label, scene.host),
      directory === null ? null : `${directory}/${label ?? "default"}`,
      scene.timeoutMs,
    )
  ));
  return [...found.flat(), ...hidden];
}

/** Does nothing live on of what a server had? */
export async function examineLost(scene: Scene): Promise<Finding[]> {
  const { labels } = knownSockets();
  const binary = await scene.tmuxBinary;
  const clients = labels.map((label) => clientOf(binary, label, scene.host));
  try {
    const lost = await findLost(clients);
    return lost.map(({ name, label, processes, server, remedy }) => {
      const session = `session "${name}" (socket ${label})`;
      const fact = server === null
        ? `tmux has lost ${session}, and of it there is still alive: ` +
          survivorNames(processes)
        : `${session} cannot be reached: ` +
          `the socket of its server (process ${server.pid}) is gone`;
      return { check: LOST, level: "broken", fact, remedy };
    });
  } catch (error) {
    // The checks of the program and of the servers tell of it.
    if (error instanceof BackendNotFoundError || error instanceof EngineError) {
      return [];
    }
    throw error;
  }
}

interface KnownSockets {
  readonly labels: readonly (string | null)[];
  /** Where they are; `null` if Deno may not know. */
  readonly directory: string | null;
  /** Why there may be more. */
  readonly hidden: readonly Finding[];
}

/** The sockets that can be known of: at least the default one. */
export function knownSockets(): KnownSockets {
  let directory: string | null = null;
  try {
    directory = socketDirectory();
    return { labels: discoverSockets(), directory, hidden: [] };
  } catch (error) {
    if (error instanceof OpsError) {
      const hidden = [findingOf(SOCKET, error)];
      return { labels: [null], directory, hidden };
    }
    // Its owner alone may look into it, says tmux too.
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    const hidden: Finding = {
      check: SOCKET,
      level: "broken",
      fact: `${directory} may not be looked into`,
      remedy: `chmod 700 ${directory}`,
    };
    return { labels: [], directory, hidden: [hidden] };
  }
}

async function examineSocket(
  client: TmuxClient,
  path: string | null,
  timeoutMs: number,
): Promise<Finding[]> {
  const finding = (level: Finding["level"], fact: string, remedy: string) => [
    { check: SOCKET, level, fact: `${client.engine}: ${fact}`, remedy },
  ];
  const where = path ?? "its socket";
  try {
    const { code, stdout, stderr } = await client.call(
      ["-N", "display-message", "-p", "#{version}"],
      { timeoutMs },
    );
    const said = firstLine(stderr);
    if (code === 0) return judgeServer(client.engine, stdout.trim());
    if (serverIsAbsent(stderr)) {
      if (path === null || !await isThere(path)) return [];
      return finding(
        "note",
        `${where} is left over from a server that is gone`,
        `rm ${shellWord(path)}`,
      );
    }
    // A server that is too old: the check of the program reports it.
    if (/^usage:|unknown option|invalid option/.test(said)) return [];
    const directory = path?.slice(0, path.lastIndexOf("/"));
    if (/unsafe permissions/.test(said)) {
      return finding("broken", said, `chmod 700 ${directory}`);
    }
    if (/permission denied|access not allowed/i.test(said)) {
      return finding(
        "broken",
        `${where} may not be used (it says: ${said})`,
        path === null
          ? "give yourself the right to it"
          : `chmod u+rwx ${shellWord(path)}, or have its owner do it`,
      );
    }
    return finding("broken", said || "fails without a word", "restart it");
  } catch (error) {
    // The check of the program tells of it.
    if (error instanceof BackendNotFoundError) return [];
    if (error instanceof EngineTimeoutError) {
      return finding(
        "broken",
        `its server has not answered for ${timeoutMs / 1000} s`,
        `look at it with 'ps -C "tmux: server" -o pid,stat,args': one in ` +
          'state T is stopped, and goes on after "kill -CONT PID"; another ' +
          'that stays like this can only be ended, with "kill -KILL PID", ' +
          "which ends its sessions too: see afterwards, with " +
          '"ops doctor", that nothing of them lives on',
      );
    }
    if (!(error instanceof EngineError)) throw error;
    return [{ check: SOCKET, level: "broken", ...diagnose(error) }];
  }
}

/** A server is as old as its program was when it started. */
function judgeServer(engine: string, said: string): Finding[] {
  const version = versionIn(said);
  if (version !== null && isOlder(version, OLDEST.tmux)) {
    return [{
      check: SOCKET,
      level: "warning",
      fact: `${engine}: its server is still tmux ${version}`,
      remedy: "restart it when its sessions allow",
    }];
  }
  return [ok(SOCKET, `${engine}: answers`)];
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    const isUnknown = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotCapable; // that is a finding already
    if (isUnknown) return false;
    throw error;
  }
}
