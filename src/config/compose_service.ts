/** The keys of a service of a compose file, as ops has them. */
import {
  asText,
  entriesOf,
  listOf,
  mountOf,
  portOf,
  readCommand,
  readCount,
  readDeploy,
  readDuration,
  readEnvFiles,
  readEnvironment,
  type Reader,
  readHealthcheck,
  scalarOf,
  type Service,
  testOf,
  textOf,
} from "./compose_values.ts";
import { ENV_FILE_KEY } from "./env_file.ts";
import { Condition } from "./model.ts";
import { NEEDS_KEY } from "./needs.ts";
import { READY_KEY } from "./ready.ts";
import { REPLICAS_KEY } from "./replicas.ts";
import { isNull, type Mapping, type Node } from "./tree.ts";
import type { Writable, Written } from "./yaml_text.ts";

/** Why a service can be none here; `null` if it can. */
export function whyNot(node: Node): string | null {
  const service = entriesOf(node);
  if (service.has("extends")) return "it extends another service";
  if (service.has("profiles")) return "it is for a profile alone";
  if (service.has("image")) return null;
  return service.has("build")
    ? "it is built from a folder and has no image: build one and name it"
    : "it has no image";
}

/** What a service, and so its container, is called here. */
export function nameOf(
  name: string,
  node: Mapping,
  leaveOut: (what: string) => void,
): string {
  const told = textOf(node.entries.get("container_name")) ?? name;
  const valid = told.replace(/[^\w-]/g, "-").replace(/^[^A-Za-z]+/, "");
  if (valid === told || valid === "") return told;
  leaveOut(`the name ${JSON.stringify(told)}, which no session can have`);
  return valid;
}

/** Keys that say what ops does anyway, or nothing that matters to it. */
const MEANINGLESS = ["container_name", "tty", "stdin_open", "expose", "attach"];

/** What is set for a service; what has no meaning here is left out. */
export function keysOf(service: Service): Map<string, Writable> {
  const keys = new Map<string, Writable>();
  const unknown: string[] = [];
  for (const [key, node] of service.node.entries) {
    if (isNull(node) || MEANINGLESS.includes(key) || key.startsWith("x-")) {
      continue;
    }
    const reader = READERS[key];
    if (reader === undefined) {
      unknown.push(key);
      continue;
    }
    const [name, read] = reader;
    const value = read(node, service);
    if (value !== undefined) keys.set(name, value);
  }
  if (unknown.length > 0) {
    service.leaveOut(`${unknown.join(", ")}: ops has no such thing`);
  }
  return keys;
}

/** What each key of a service is here. */
const READERS: Readonly<Record<string, readonly [key: string, Reader]>> = {
  image: ["image", asText],
  command: ["command", readCommand],
  environment: ["env", readEnvironment],
  ports: ["ports", (node, service) => listOf(node, service, "ports", portOf)],
  volumes: [
    "volumes",
    (node, service) => listOf(node, service, "volumes", mountOf),
  ],
  depends_on: [NEEDS_KEY, readDependencies],
  restart: ["restart", asText],
  stop_grace_period: ["stop_timeout", readDuration],
  stop_signal: ["stop_signal", asText],
  working_dir: ["working_dir", asText],
  init: ["init", (node) => scalarOf(node) as Writable],
  env_file: [ENV_FILE_KEY, readEnvFiles],
  healthcheck: [READY_KEY, readHealthcheck],
  scale: [REPLICAS_KEY, readCount],
  deploy: [REPLICAS_KEY, readDeploy],
};

const CONDITIONS: Readonly<Record<string, Condition>> = {
  service_started: Condition.STARTED,
  service_healthy: Condition.HEALTHY,
  service_completed_successfully: Condition.EXITED_OK,
};

function readDependencies(node: Node, service: Service): Writable | undefined {
  const given: (readonly [string, Node | undefined])[] = node.kind === "list"
    ? node.items.map((it) => [textOf(it) ?? "", undefined])
    : [...entriesOf(node)];
  const needs = given.flatMap(([name, need]): [string, Written][] => {
    const other = service.all.get(name);
    if (other?.kind !== "mapping" || whyNot(other) !== null) {
      service.leaveOut(`depends_on: ${name}, which is left out itself`);
      return [];
    }
    const own = nameOf(name, other, () => {});
    return [[own, { value: needOf(name, entriesOf(need), other, service) }]];
  });
  if (needs.length === 0) return undefined;
  const isPlain = needs.every(([, { value }]) =>
    (value as Map<string, unknown>).size === 0
  );
  return isPlain ? needs.map(([name]) => name) : new Map(needs);
}

function needOf(
  name: string,
  need: ReadonlyMap<string, Node>,
  other: Mapping,
  { leaveOut }: Service,
): Map<string, Written> {
  const made = new Map<string, Written>();
  const condition = CONDITIONS[textOf(need.get("condition")) ?? ""];
  const check = other.entries.get("healthcheck");
  if (condition === Condition.HEALTHY && check !== undefined) {
    if (testOf(check) === null) {
      leaveOut(`depends_on: that ${name} is healthy, as its check is left out`);
    } else made.set("condition", { value: Condition.READY });
  } else if (condition !== undefined && condition !== Condition.STARTED) {
    made.set("condition", { value: condition });
  }
  for (const key of ["required", "restart"]) {
    const node = need.get(key);
    const value = node && scalarOf(node);
    if (typeof value === "boolean") made.set(key, { value });
  }
  return made;
}
