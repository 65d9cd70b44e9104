/** The values of a service of a compose file, as ops has them. */
import type { Mapping, Node } from "./tree.ts";
import type { Writable, Written } from "./yaml_text.ts";

/** A service, and what is known beside it. */
export interface Service {
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
export type Reader = (node: Node, service: Service) => Writable | undefined;

/** The entries of a mapping; none if it is none. */
export function entriesOf(node: Node | undefined): ReadonlyMap<string, Node> {
  return node?.kind === "mapping" ? node.entries : new Map();
}

/** A single value; `undefined` if it is none. */
export function scalarOf(node: Node): unknown {
  return node.kind === "scalar" ? node.value : undefined;
}

/** A single value as a text; `undefined` if it is none. */
export function textOf(node: Node | undefined): string | undefined {
  if (node?.kind !== "scalar" || node.value === null) return undefined;
  return node.text ?? String(node.value);
}

/** A text whose variables are written as ops has them. */
export function asText(node: Node): string | undefined {
  const text = textOf(node);
  return text === undefined ? undefined : withVariables(text);
}

/** To compose two dollars are one; to ops they are only before a brace. */
function withVariables(text: string): string {
  return text.replace(
    /(\$+)(\{|[A-Za-z_]\w*)?/g,
    (_, dollars: string, next = "") => {
      const isBrace = next === "{";
      const literal = "$".repeat(dollars.length >> 1);
      if (dollars.length % 2 === 0) {
        return isBrace ? `${dollars}{` : literal + next;
      }
      if (next === "") return `${literal}$`;
      return `${literal}${literal}\${${isBrace ? "" : `${next}}`}`;
    },
  );
}

/** What is run; nothing fills in variables there. */
export function readCommand(
  node: Node,
  service: Service,
): Writable | undefined {
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

/** Variables, as a mapping or as lines; what has no value is left out. */
export function readEnvironment(node: Node, { leaveOut }: Service): Writable {
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

/** How many there are; one is what there is anyway. */
export function readCount(node: Node): Writable | undefined {
  const count = scalarOf(node);
  return count === 1 ? undefined : count as Writable | undefined;
}

/** Of how it is deployed, how many there are. */
export function readDeploy(
  node: Node,
  { leaveOut }: Service,
): Writable | undefined {
  const { replicas, ...others } = Object.fromEntries(entriesOf(node));
  const left = Object.keys(others);
  if (left.length > 0) leaveOut(`deploy: its ${left.join(", ")}`);
  return replicas && readCount(replicas);
}

/** A file, or several, each alone or as a mapping. */
export function readEnvFiles(
  node: Node,
  { fileOf }: Service,
): Writable | undefined {
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
export function readHealthcheck(node: Node, { leaveOut }: Service) {
  const command = testOf(node);
  if (command === null) return undefined;
  const others = [...entriesOf(node).keys()].filter((key) => key !== "test");
  if (others.length > 0) leaveOut(`healthcheck: its ${others.join(", ")}`);
  return new Map([["command", { value: command }]]);
}

/** The command of a health check; `null` if it has none. */
export function testOf(node: Node): string[] | null {
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
export function listOf(
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

/** A port in either form; `undefined` if it is none. */
export function portOf(item: Node): string | undefined {
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

/** A mount in either form; `undefined` for what ops cannot mount. */
export function mountOf(item: Node, service: Service): string | undefined {
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

const UNITS: Readonly<Record<string, number>> = {
  us: 0.000_001,
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
};

/** A duration, such as `1m30s`, in seconds. */
export function readDuration(
  node: Node,
  { leaveOut }: Service,
): number | undefined {
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
