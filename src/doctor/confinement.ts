/**
 * What a tmux server dies with. systemd ends a unit or a login as a whole, and
 * with it a server that was first started from inside.
 */
import type { FindingLevel } from "./finding.ts";
import { shellWord } from "../core/shell_word.ts";

/** What holds around a server. */
export interface Surroundings {
  /** Whether systemd runs the machine. */
  readonly isSystemd: boolean;
  /** Whether its user's processes go on without a login. */
  readonly lingers: boolean;
  /**
   * Whether a logout kills what is left of the login; `null`: not known, it is
   * up to the distribution.
   */
  readonly killsAtLogout: boolean | null;
  /** Its user. */
  readonly user: string;
}

/** What a server dies with. */
export interface Confinement {
  readonly level: FindingLevel;
  readonly fact: string;
  readonly remedy: string;
}

/** What starts a server that stays: one without any session ends at once. */
const START = "tmux new-session -d";

/**
 * What a server dies with, if with anything.
 *
 * @param cgroup What /proc/PID/cgroup says of it.
 */
export function confinementOf(
  cgroup: string,
  { isSystemd, lingers, killsAtLogout, user }: Surroundings,
): Confinement | null {
  if (!isSystemd) return null;
  const parts = pathIn(cgroup).split("/").filter(Boolean);
  const enableLinger = `loginctl enable-linger ${shellWord(user)}`;
  const manager = parts.findIndex((part) => /^user@\d+\.service$/.test(part));
  const unit = parts.findLast((part, i) =>
    part.endsWith(".service") && i !== manager
  );
  if (unit !== undefined) {
    return {
      level: "warning",
      fact: `lives inside the systemd unit ${unit}, and dies when that stops`,
      remedy: "start the server from outside before the unit does, such as " +
        `with "systemd-run --scope ${START}" or from a login; or set ` +
        "KillMode=process in the unit",
    };
  }
  if (manager >= 0) {
    return lingers ? null : {
      level: "warning",
      fact: `dies when the last login of ${user} ends: no linger`,
      remedy: enableLinger,
    };
  }
  const login = parts.find((part) => /^session-.+\.scope$/.test(part));
  if (login === undefined || killsAtLogout === false) return null;
  const away = `start the server with "systemd-run --user --scope ${START}", ` +
    `after "${enableLinger}"`;
  if (killsAtLogout) {
    return {
      level: "warning",
      fact: `lives inside the login ${login}, and dies at its logout: ` +
        "KillUserProcesses is on",
      remedy: `${away}, or turn it off in /etc/systemd/logind.conf`,
    };
  }
  return {
    level: lingers ? "note" : "warning",
    fact: `lives inside the login ${login}, and dies at its logout where ` +
      "KillUserProcesses is on" + (lingers ? "" : "; no linger"),
    remedy: `${away}, or set KillUserProcesses=no in /etc/systemd/logind.conf`,
  };
}

/** The path in systemd's own tree: version 1 calls that by its name. */
function pathIn(cgroup: string): string {
  const lines = cgroup.split("\n");
  const paths = [/^\d+:name=systemd:(.*)/, /^0::(.*)/].map((form) =>
    lines.map((line) => form.exec(line)?.[1]).find((path) => path !== undefined)
  );
  return paths.find((path) => path !== undefined && path !== "/") ?? "/";
}
