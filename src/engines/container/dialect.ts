/** Where Podman and Docker differ. */
import type { ContainerRuntime } from "../../core/status.ts";

/** What is particular to one runtime. */
export interface Dialect {
  /** The name of the runtime and of its program. */
  readonly runtime: ContainerRuntime;
  /** The arguments that list all containers. */
  readonly list: readonly string[];
  /**
   * Whether the list says all there is to know; if not, it holds only the ids.
   */
  readonly listTellsAll: boolean;
  /**
   * Matches the `--version` of programs whose `logs --tail` is unusable;
   * `null`: there are none.
   */
  readonly withoutTail: RegExp | null;
  /**
   * The arguments that print the engine's version; `null`: it is the program's.
   */
  readonly engineVersion: readonly string[] | null;
  /**
   * The arguments that print the events of containers' ends, one JSON value a
   * line, up to a time in the past; later ones may be among them.
   */
  readonly endEvents: (until: string) => readonly string[];
  /** The arguments that print where its engine is. */
  readonly address: readonly string[];
  /** Matches the address of an engine that has the files of this machine. */
  readonly here: RegExp;
  /** The program that is the init of its containers. */
  readonly init: string;
  /** Where else on the host there may be an init that it can be told of. */
  readonly otherInits: readonly string[];
  /**
   * The arguments that connect standard input and output to its engine; `null`:
   * it has no engine but the program.
   */
  readonly connection: readonly string[] | null;
  /** How to start its engine. */
  readonly startEngine: string;
  /** How a user gets the right to its socket. */
  readonly getAccess: string;
  /** What tells its program of an engine in another place. */
  readonly elsewhere: string;
  /** Matches the addresses where its program looks for it by itself. */
  readonly ownAddress: RegExp;
}

const podman: Dialect = {
  runtime: "podman",
  list: ["ps", "--all", "--no-trunc", "--format", "json"],
  listTellsAll: true,
  // Before 4.7 it adds output without a line break to a wrong line.
  withoutTail: /version (?:[0-3]|4\.[0-6])\./,
  engineVersion: null,
  // Before 4.4, and perhaps after, it prints none if --until is past.
  endEvents: () => [
    ...["events", "--stream=false", "--filter", "event=died"],
    ...["--format", "json"],
  ],
  address: ["info", "--format", "{{.Host.ServiceIsRemote}}"],
  here: /^false$/m,
  init: "catatonit",
  // Debian has them where Podman 4 does not look.
  otherInits: ["/usr/bin/catatonit", "/usr/bin/tini-static"],
  connection: null,
  startEngine: '"systemctl --user start podman.socket"',
  getAccess: "run it as the user whose containers they are",
  elsewhere: "CONTAINER_HOST or the connection",
  ownAddress: /^unix:\/\/\/run\/(user\/\d+\/)?podman\/podman\.sock$/,
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
  // It heeds DOCKER_HOST, and asks no engine.
  address: ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"],
  here: /^unix:/m,
  init: "docker-init",
  otherInits: [],
  connection: ["system", "dial-stdio"],
  startEngine: '"systemctl start docker"',
  getAccess: 'run it as a user of the group "docker", or as root',
  elsewhere: "DOCKER_HOST or the context",
  // Docker Desktop has it in the user's home, and Windows in a named pipe.
  ownAddress: /^unix:\/\/(\/var\/run\/docker\.sock$|.*\/\.docker\/)|^npipe:/,
};

/** The dialects, in the order in which runtimes are tried. */
export const DIALECTS: Readonly<Record<ContainerRuntime, Dialect>> = {
  podman,
  docker,
};
