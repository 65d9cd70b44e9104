/** Where Podman and Docker differ. */
import type { ContainerRuntime } from "../../core/status.ts";

/** One runtime's own ways. */
export interface Dialect {
  /** Its name, which is also its program's. */
  readonly runtime: ContainerRuntime;
  /** What is asked for a list of all containers. */
  readonly list: readonly string[];
  /**
   * Whether the list says all there is to know; else it is the ids, of which
   * more has to be asked.
   */
  readonly listTellsAll: boolean;
  /**
   * What is said by versions of which `logs --tail` cannot be used; `null`:
   * there are none.
   */
  readonly withoutTail: RegExp | null;
  /**
   * What is asked for the version of its engine; `null`: it is that of the
   * program.
   */
  readonly engineVersion: readonly string[] | null;
  /**
   * What is asked for the events of containers' ends, one as JSON a line, up to
   * a time that is past; there may be later ones.
   */
  readonly endEvents: (until: string) => readonly string[];
  /** How its engine is started when it does not run. */
  readonly startEngine: string;
  /** How a user gets the right to its socket. */
  readonly getAccess: string;
}

const podman: Dialect = {
  runtime: "podman",
  list: ["ps", "--all", "--no-trunc", "--format", "json"],
  listTellsAll: true,
  // Before 4.7 it adds what was written without a line break to a wrong line.
  withoutTail: /version (?:[0-3]|4\.[0-6])\./,
  engineVersion: null,
  // Before 4.4, and perhaps after, it has none where --until is past.
  endEvents: () => [
    ...["events", "--stream=false", "--filter", "event=died"],
    ...["--format", "json"],
  ],
  startEngine: '"systemctl --user start podman.socket"',
  getAccess: "run it as the user whose containers they are",
};

const docker: Dialect = {
  runtime: "docker",
  list: ["ps", "--all", "--no-trunc", "--quiet"],
  listTellsAll: false,
  withoutTail: null,
  endEvents: (until) => [
    ...["events", "--until", until, "--filter", "event=die"],
    ...["--format", "{{json .}}"],
  ],
  engineVersion: ["version", "--format", "{{.Server.Version}}"],
  startEngine: '"systemctl start docker"',
  getAccess: 'run it as a user of the group "docker", or as root',
};

/** The dialects, in the order in which runtimes are tried. */
export const DIALECTS: Readonly<Record<ContainerRuntime, Dialect>> = {
  podman,
  docker,
};
