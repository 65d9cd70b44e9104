/** What the tmux servers of this user would die with. */
import { OpsError, PermissionError } from "../core/errors.ts";
import { TmuxClient } from "../engines/tmux/client.ts";
import { confinementOf } from "./confinement.ts";
import type { Finding } from "./finding.ts";
import { hasSystemd, lingers, type Scene } from "./scene.ts";
import { knownSockets } from "./servers.ts";

/**
 * Is a server inside something that ends? Each is asked itself: for the files
 * of other processes Deno wants all permissions there are.
 */
export async function examineTraps(scene: Scene): Promise<Finding[]> {
  if (!await hasSystemd(scene)) return [];
  const binary = await scene.tmuxBinary;
  const found = await Promise.all(
    knownSockets().labels.map(async (label) => {
      const client = new TmuxClient(binary, label, scene.host);
      const told = await tellOf(client, scene.timeoutMs);
      if (told === null) return [];
      const trap = confinementOf(told.cgroup, {
        isSystemd: true,
        lingers: await lingers(scene, told.user),
        killsAtLogout: told.killsAtLogout,
        user: told.user,
      });
      if (trap === null) return [];
      const fact = `${client.engine}: its server ${trap.fact}`;
      return [{ ...trap, check: "tmux-server", fact }];
    }),
  );
  return found.flat();
}

interface Told {
  readonly user: string;
  readonly killsAtLogout: boolean | null;
  readonly cgroup: string;
}

/** What a server tells of itself; `null` if it does not answer. */
async function tellOf(
  client: TmuxClient,
  timeoutMs: number,
): Promise<Told | null> {
  const buffer = `kstlib-ops-${crypto.randomUUID()}`;
  try {
    const { code, stdout } = await client.call(
      ["-N", ...question(client.binary, buffer)],
      { timeoutMs },
    );
    return code === 0 ? read(stdout) : null;
  } catch (error) {
    // The checks of program and socket tell of it.
    if (error instanceof PermissionError || !(error instanceof OpsError)) {
      throw error;
    }
    return null;
  }
}

/** What logind goes by; its files leave the default to the distribution. */
const KILLS = "timeout 2 busctl get-property org.freedesktop.login1 " +
  "/org/freedesktop/login1 org.freedesktop.login1.Manager KillUserProcesses";

/** The answer comes through a buffer: what is printed would open a view. */
function question(binary: string, buffer: string): string[] {
  const quoted = `'${binary.replaceAll("'", `'\\''`)}'`.replaceAll("#", "##");
  const tell = `id -un; echo "$(${KILLS})"; cat /proc/#{pid}/cgroup`;
  return [
    "run-shell",
    `{ { ${tell}; } | ${quoted} load-buffer -b ${buffer} -; } ` +
    ">/dev/null 2>&1; exit 0",
    ...[";", "save-buffer", "-b", buffer, "-"],
    ...[";", "delete-buffer", "-b", buffer],
  ];
}

function read(stdout: string): Told {
  const [user = "", kills, ...cgroup] = stdout.split("\n");
  const killsAtLogout = kills === "b true" ||
    (kills === "b false" ? false : null);
  return { user, killsAtLogout, cgroup: cgroup.join("\n") };
}
