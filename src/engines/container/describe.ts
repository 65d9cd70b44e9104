/** How containers were made, as their engine tells. */
import {
  BackendType,
  type ContainerRuntime,
  type SessionStatus,
} from "../../core/status.ts";
import type { Described } from "../described.ts";
import { inspectArgs } from "./args.ts";
import type { ContainerClient } from "./client.ts";
import { signalName } from "./parse.ts";

/** The part of what an image and a container say alike. */
interface Made {
  readonly Cmd?: readonly string[] | null;
  readonly Entrypoint?: readonly string[] | string | null;
  readonly Env?: readonly string[] | null;
  readonly WorkingDir?: string;
  readonly StopSignal?: string | number;
  readonly User?: string;
}

/** The part of `image inspect` that matters here. */
interface InspectedImage {
  readonly Id: string;
  readonly Config?: Made | null;
}

interface Binding {
  readonly HostIp?: string;
  readonly HostPort?: string;
}

/** The part of `container inspect` that matters here. */
interface InspectedContainer {
  readonly Name: string;
  readonly Image: string;
  readonly Pod?: string;
  readonly Config: Made & {
    readonly Image: string;
    readonly StopTimeout?: number | null;
  };
  readonly HostConfig?: {
    readonly NetworkMode?: string;
    readonly Privileged?: boolean;
    readonly Devices?: readonly unknown[] | null;
    readonly Memory?: number;
    readonly PortBindings?:
      | Readonly<Record<string, readonly Binding[] | null>>
      | null;
    readonly RestartPolicy?: {
      readonly Name: string;
      readonly MaximumRetryCount?: number;
    } | null;
  };
  readonly Mounts?:
    | readonly {
      readonly Type: string;
      readonly Name?: string;
      readonly Source: string;
      readonly Destination: string;
      readonly RW: boolean;
    }[]
    | null;
}

/** Describes containers. */
export async function describeContainers(
  client: ContainerClient,
  sessions: readonly SessionStatus[],
): Promise<Described[]> {
  if (sessions.length === 0) return [];
  const names = sessions.map(({ name }) => name);
  const containers = await inspect<InspectedContainer>(
    client,
    inspectArgs(names),
  );
  const images = await inspect<InspectedImage>(client, [
    ...["image", "inspect"],
    ...new Set(containers.map(({ Image }) => Image)),
  ]);
  const { runtime } = client.dialect;
  return containers
    .filter(({ Name }) => names.includes(nameOf(Name)))
    .map((container) => {
      const image = images.find(({ Id }) => bare(Id) === bare(container.Image));
      return describe(container, image?.Config ?? {}, runtime);
    });
}

/** What is gone by now is left out: the answer has the others. */
async function inspect<T>(
  client: ContainerClient,
  args: readonly string[],
): Promise<T[]> {
  const { code, stdout, stderr } = await client.call(args);
  const isGone = /no such (?:container|image|object)/i.test(stderr);
  if (code !== 0 && !isGone) throw client.failure(stderr);
  return JSON.parse(stdout || "[]");
}

function nameOf(told: string): string {
  return told.replace(/^\//, "");
}

function bare(id: string): string {
  return id.replace(/^sha256:/, "");
}

/** Describes a container by what it has and its image has not. */
export function describe(
  container: InspectedContainer,
  image: Made,
  runtime: ContainerRuntime,
): Described {
  const { Config: config, HostConfig: host = {} } = container;
  const leftOut: string[] = [];
  const keys = new Map<string, string | number | readonly string[]>([
    ["backend", BackendType.CONTAINER],
    ["runtime", runtime],
    ["image", config.Image],
  ]);
  const set = (key: string, value: string | number | readonly string[]) => {
    if (typeof value !== "object" || value.length > 0) keys.set(key, value);
  };
  const command = config.Cmd ?? [];
  if (!isSame(command, image.Cmd ?? [])) set("command", command);
  const folder = config.WorkingDir ?? "";
  if (folder !== "" && folder !== "/" && folder !== (image.WorkingDir ?? "")) {
    set("working_dir", folder);
  }
  set("ports", portsOf(host.PortBindings ?? {}));
  set("volumes", volumesOf(container, leftOut));
  const restart = restartOf(host.RestartPolicy);
  if (restart !== null) set("restart", restart);
  const signal = signalName(config.StopSignal);
  const isOwn = signal !== signalName(image.StopSignal);
  if (isOwn && signal !== signalName(undefined)) set("stop_signal", signal);
  const { StopTimeout: seconds } = config;
  if (seconds != null && seconds !== DEFAULT_STOP_SECONDS) {
    set("stop_timeout", seconds);
  }
  const names = ownVariables(config, image);
  if (names.length > 0) leftOut.push(`env: the values of ${names.join(", ")}`);
  const others = othersOf(container, image);
  if (others.length > 0) {
    leftOut.push(`${others.join(", ")}: ops has no such thing`);
  }
  return { name: nameOf(container.Name), keys, leftOut };
}

/** What both engines wait for where nothing else is said. */
const DEFAULT_STOP_SECONDS = 10;

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((it, i) => it === b[i]);
}

function portsOf(
  bindings: Readonly<Record<string, readonly Binding[] | null>>,
): string[] {
  return Object.entries(bindings).flatMap(([inside, outside]) =>
    (outside ?? []).map(({ HostIp: ip = "", HostPort: port = "" }) => {
      const address = ip === "" || ip === "0.0.0.0"
        ? ""
        : ip.includes(":")
        ? `[${ip}]:`
        : `${ip}:`;
      const isChosen = port === "" || port === "0";
      const host = isChosen ? (address === "" ? "" : ":") : `${port}:`;
      return `${address}${host}${inside.replace(/\/tcp$/, "")}`;
    })
  );
}

/** Engines name volumes without a name by digits of their own. */
const ANONYMOUS = /^[\da-f]{64}$/;

function volumesOf(
  { Mounts: mounts }: InspectedContainer,
  leftOut: string[],
): string[] {
  return (mounts ?? []).flatMap((mount) => {
    const { Type: type, Name: name = "", Source, Destination, RW } = mount;
    const source = type === "bind" ? Source : name;
    const isNamed = type === "volume" && !ANONYMOUS.test(name);
    if (type !== "bind" && !isNamed) {
      leftOut.push(`the ${type} without a name at ${Destination}`);
      return [];
    }
    return [`${source}:${Destination}${RW ? "" : ":ro"}`];
  });
}

function restartOf(
  policy: NonNullable<InspectedContainer["HostConfig"]>["RestartPolicy"],
): string | null {
  const { Name: name = "", MaximumRetryCount: most = 0 } = policy ?? {};
  if (name === "" || name === "no") return null;
  return name === "on-failure" && most > 0 ? `${name}:${most}` : name;
}

/** Variables that an engine sets by itself. */
const ENGINES_OWN = ["PATH", "HOME", "HOSTNAME", "TERM", "container"];

/** The names of the variables that neither the image nor the engine sets. */
function ownVariables(config: Made, image: Made): string[] {
  return (config.Env ?? [])
    .filter((line) => !image.Env?.includes(line))
    .map((line) => line.split("=", 1)[0]!)
    .filter((name) => !ENGINES_OWN.includes(name));
}

/** Networks that a container has if nobody names one. */
const USUAL_NETWORKS = /^(?:|default|bridge|slirp4netns.*|pasta.*)$/;

/** What of a container no definition can say. */
function othersOf(
  { Config: config, HostConfig: host = {}, Pod: pod }: InspectedContainer,
  image: Made,
): string[] {
  // Podman has an empty text where there is none.
  const entrypointOf = ({ Entrypoint: told }: Made) =>
    [told ?? []].flat().filter((it) => it !== "");
  const has: readonly (readonly [what: string, isThere: boolean])[] = [
    ["entrypoint", !isSame(entrypointOf(config), entrypointOf(image))],
    ["user", (config.User ?? "") !== (image.User ?? "")],
    ["network", !USUAL_NETWORKS.test(host.NetworkMode ?? "")],
    ["pod", (pod ?? "") !== ""],
    ["privileged", host.Privileged ?? false],
    ["devices", (host.Devices ?? []).length > 0],
    ["memory", (host.Memory ?? 0) > 0],
  ];
  return has.filter(([, isThere]) => isThere).map(([what]) => what);
}
