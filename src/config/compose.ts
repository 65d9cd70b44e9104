/** Makes definitions of the services of a compose file. */
import { dirname } from "@std/path/posix/dirname";
import { resolve } from "@std/path/posix/resolve";
import type { Draft, Drafts } from "./draft.ts";
import { Condition } from "./model.ts";
import { READY_KEY } from "./ready.ts";
import type { Mapping, Node } from "./tree.ts";
import { isNull } from "./tree.ts";
import type { Writable, Written } from "./yaml_text.ts";

/** A compose file, as definitions. */
export interface Imported extends Drafts {
  /** What is to be known of all of them. */
  readonly notes: readonly string[];
}

/** A service, and what is known beside it. */
interface Service {
  readonly name: string;
  readonly node: Mapping;
  readonly all: ReadonlyMap<string, Node>;
  /** Its paths, as they are to be written. */
  readonly pathOf: (path: string) => string;
  /** The same of what can be nothing but a path. */
  readonly fileOf: (path: string) => string;
  /** Volumes by their name in the file. */
  readonly volumes: ReadonlyMap<string, Node>;
  /** Remembers what has no meaning here. */
  readonly leaveOut: (what: string) => void;
}

/** Reads a key of a service; `undefined` if nothing comes of it. */
type Reader = (node: Node, service: Service) => Writable | undefined;

/**
 * Reads the services of a compose file.
 *
 * @param root The whole file.
 * @param folder Where the definitions are to be written.
 */
export function composeDrafts(root: Node, folder: string): Imported {
  const top = entriesOf(root);
  const all = entriesOf(top.get("services"));
  const volumes = entriesOf(top.get("volumes"));
  const there = dirname(root.origin.path);
  const fileOf = (path: string) =>
    there === folder || /^(?:[/~]|\$\{)/.test(path)
      ? path
      : resolve(there, path);
  const pathOf = (path: string) =>
    /^\.{1,2}(?:\/|$)/.test(path) ? fileOf(path) : path;
  const drafts: Draft[] = [];
  const refused = new Map<string, string>();
  for (const [name, node] of all) {
    const reason = whyNot(node);
    if (reason !== null || node.kind !== "mapping") {
      refused.set(name, reason ?? "is no service");
      continue;
    }
    const leftOut: string[] = [];
    const leaveOut = (what: string) => leftOut.push(what);
    const service = { name, node, all, pathOf, fileOf, volumes, leaveOut };
    const own = nameOf(name, node, leaveOut);
    drafts.push({ name: own, keys: keysOf(service), leftOut });
  }
  return { drafts, refused, notes: notesOn(top, drafts) };
}

function entriesOf(node: Node | undefined): ReadonlyMap<string, Node> {
  return node?.kind === "mapping" ? node.entries : new Map();
}

/** Why a service can be none here; `null` if it can. */
function whyNot(node: Node): string | null {
  const service = entriesOf(node);
  if (service.has("extends")) return "it extends another service";
  if (service.has("profiles")) return "it is for a profile alone";
  if (service.has("image")) return null;
  return service.has("build")
    ? "it is built from a folder and has no image: build one and name it"
    : "it has no image";
}

function notesOn(
  top: ReadonlyMap<string, Node>,
  drafts: readonly Draft[],
): string[] {
  const ignored = ["networks", "secrets", "configs", "include"]
    .filter((key) => top.has(key));
  const hasVolumes = drafts.some(({ keys }) => {
    const volumes = keys.get("volumes");
    return Array.isArray(volumes) && volumes.some((it) => /^\w/.test(`${it}`));
  });
  return [
    ...(ignored.length > 0
      ? [`${ignored.join(", ")}: ops has no such thing`]
      : []),
    ...(drafts.length > 1
      ? [
        "services do not find each other by name, as on compose's network: " +
        "let them meet at published ports",
      ]
      : []),
    ...(hasVolumes
      ? [
        "compose puts the project's name before the names of volumes: to " +
        "keep their data, write PROJECT_name",
      ]
      : []),
  ];
}

/** What a service, and so its container, is called here. */
function nameOf(
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

function keysOf(service: Service): Map<string, Writable> {
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
  depends_on: ["depends_on", readDependencies],
  restart: ["restart", asText],
  stop_grace_period: ["stop_timeout", readDuration],
  stop_signal: ["stop_signal", asText],
  working_dir: ["working_dir", asText],
  init: ["init", (node) => scalarOf(node) as Writable],
  env_file: ["env_file", readEnvFiles],
  healthcheck: [READY_KEY, readHealthcheck],
};

function scalarOf(node: Node): unknown {
  return node.kind === "scalar" ? node.value : undefined;
}

/** A single value as a text; `undefined` if it is none. */
function textOf(node: Node | undefined): string | undefined {
  if (node?.kind !== "scalar" || node.value === null) return undefined;
  return node.text ?? String(node.value);
}

/** A text whose variables are written as ops has them. */
function asText(node: Node): string | undefined {
  const text = textOf(node);
  return text === undefined ? undefined : withVariables(text);
}

/** `$$` is a dollar to compose; to ops it is one only before a brace. */
function withVariables(text: string): string {
  return text.replace(
    /\$\$(\{?)|\$([A-Za-z_]\w*)/g,
    (_, brace: string | undefined, name: string | undefined) =>
      name !== undefined ? `\${${name}}` : brace === "{" ? "$${" : "$",
  );
}

/** What is run; nothing fills in variables there. */
function readCommand(node: Node, service: Service): Writable | undefined {
  const said = node.kind === "list" ? node.items : [node];
  const texts = said.map((it) => textOf(it) ?? "");
  if (texts.some((it) => /(?<!\$)(?:\$\$)*\$[A-Za-z_{]/.test(it))) {
    service.leaveOut("command: variables in it, which compose would fill in");
  }
  const plain = texts.map((it) => it.replaceAll("$$", "$"));
  if (plain.join("") === "") {
    service.leaveOut("command: it is empty");
    return undefined;
  }
  return node.kind === "list" ? plain : plain[0];
}

function readEnvironment(node: Node, { leaveOut }: Service): Writable {
  const given = node.kind === "list"
    ? node.items.map((item): [string, string | undefined] => {
      const [name = "", ...value] = (asText(item) ?? "").split("=");
      return [name, value.length === 0 ? undefined : value.join("=")];
    })
    : Array.from(
      entriesOf(node),
      ([name, it]): [string, string | undefined] => [
        name,
        asText(it),
      ],
    );
  const env = new Map<string, Written>();
  for (const [name, value] of given) {
    if (value === undefined) {
      leaveOut(
        `environment: ${name}, whose value is that of your shell: write ` +
          `${name}: \${${name}} if it is always set`,
      );
    } else env.set(name, { value });
  }
  return env;
}

/** A file, or several, each alone or as a mapping. */
function readEnvFiles(node: Node, { fileOf }: Service): Writable | undefined {
  if (node.kind !== "list") {
    const path = asText(node);
    return path === undefined ? undefined : fileOf(path);
  }
  return node.items.flatMap((item): Writable[] => {
    const told = item.kind === "mapping" ? item.entries.get("path") : item;
    const path = told && asText(told);
    if (path === undefined) return [];
    const isNeeded = textOf(entriesOf(item).get("required")) !== "false";
    return [isNeeded ? fileOf(path) : `${fileOf(path)}?`];
  });
}

/** What a health check runs becomes what has to succeed once. */
function readHealthcheck(node: Node, { leaveOut }: Service) {
  const command = testOf(node);
  if (command === null) return undefined;
  const others = [...entriesOf(node).keys()].filter((key) => key !== "test");
  if (others.length > 0) leaveOut(`healthcheck: its ${others.join(", ")}`);
  return new Map([["command", { value: command }]]);
}

/** The command of a health check; `null` if it has none. */
function testOf(node: Node): string[] | null {
  const check = entriesOf(node);
  const test = check.get("test");
  if (test === undefined || textOf(check.get("disable")) === "true") {
    return null;
  }
  const [kind, ...words] = test.kind === "list"
    ? test.items.map((it) => (textOf(it) ?? "").replaceAll("$$", "$"))
    : ["CMD-SHELL", (textOf(test) ?? "").replaceAll("$$", "$")];
  if (words.length === 0) return null;
  if (kind === "CMD") return words;
  return kind === "CMD-SHELL" ? ["sh", "-c", ...words] : null;
}

/** Reads a list; what a reader makes nothing of is left out. */
function listOf(
  node: Node,
  service: Service,
  key: string,
  read: (item: Node, service: Service) => string | undefined,
): Writable | undefined {
  const items = node.kind === "list" ? node.items : [node];
  const made = items.flatMap((item, i) => {
    const text = read(item, service);
    if (text !== undefined) return [text];
    service.leaveOut(`${key}[${i}]: ops has no such thing`);
    return [];
  });
  return made.length === 0 ? undefined : made;
}

function portOf(item: Node): string | undefined {
  if (item.kind !== "mapping") return asText(item);
  const part = (key: string) => {
    const node = item.entries.get(key);
    return node && asText(node);
  };
  const target = part("target");
  if (target === undefined) return undefined;
  const protocol = part("protocol");
  const address = part("host_ip");
  const published = part("published");
  const shown = address?.includes(":") ? `[${address}]` : address;
  return [
    ...(shown === undefined ? [] : [`${shown}:`]),
    ...(published === undefined && shown === undefined
      ? []
      : [`${published ?? ""}:`]),
    target,
    ...(protocol === undefined || protocol === "tcp" ? [] : [`/${protocol}`]),
  ].join("");
}

function mountOf(item: Node, service: Service): string | undefined {
  if (item.kind !== "mapping") {
    const text = asText(item) ?? "";
    const [source = "", ...rest] = text.split(":");
    if (rest.length === 0) return undefined;
    return [sourceOf(source, service), ...rest].join(":");
  }
  const part = (key: string) => {
    const node = item.entries.get(key);
    return node && asText(node);
  };
  const [type, source, target] = [part("type"), part("source"), part("target")];
  const isKnown = type === "bind" || type === "volume";
  if (!isKnown || source === undefined || target === undefined) {
    return undefined;
  }
  const options = [
    ...(part("read_only") === "true" ? ["ro"] : []),
    ...optionsOf(item, "bind", ["propagation", "selinux"]),
    ...(optionOf(item, "volume", "nocopy") === "true" ? ["nocopy"] : []),
  ];
  return [
    sourceOf(source, service),
    target,
    ...(options.length === 0 ? [] : [options.join(",")]),
  ].join(":");
}

function optionOf(
  item: Mapping,
  key: string,
  name: string,
): string | undefined {
  return textOf(entriesOf(item.entries.get(key)).get(name));
}

function optionsOf(
  item: Mapping,
  key: string,
  names: readonly string[],
): string[] {
  return names.flatMap((name) => optionOf(item, key, name) ?? []);
}

/** A folder, or a volume by the name that the engine has for it. */
function sourceOf(source: string, { pathOf, volumes }: Service): string {
  const named = entriesOf(volumes.get(source)).get("name");
  return named === undefined ? pathOf(source) : textOf(named) ?? source;
}

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

const UNITS: Readonly<Record<string, number>> = {
  us: 0.000_001,
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
};

/** A duration, such as `1m30s`, in seconds. */
function readDuration(node: Node, { leaveOut }: Service): number | undefined {
  const text = textOf(node) ?? "";
  if (!/^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h|d))+$/.test(text)) {
    leaveOut(`stop_grace_period: ${JSON.stringify(text)} is no duration`);
    return undefined;
  }
  const parts = text.matchAll(/([\d.]+)([a-z]+)/g);
  return [...parts].reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!,
    0,
  );
}
