/** Replicas: several sessions from one definition. */
import { validateNewName } from "../core/validate/fields.ts";
import {
  entryOf,
  type Field,
  inFile,
  keyOf,
  readNumber,
  readTextOrNumber,
  refuse,
} from "./fields.ts";
import { readEach } from "./problems.ts";
import type { Mapping, Node } from "./tree.ts";

/** The key of a session that says how many there are. */
export const REPLICAS_KEY = "replicas";

/** The most that there may be. */
export const MAX_REPLICAS = 1000;

/** The variable of the environment that numbers a replica. */
export const REPLICA_VARIABLE = "OPS_REPLICA";

/** Which replica a definition is for. */
export interface Replica {
  /** Its number, from 1 on. */
  readonly number: number;
  /** How many there are. */
  readonly count: number;
}

/** Reads how many replicas there are. */
export function readReplicas(field: Field): number {
  const count = readNumber(field);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_REPLICAS) {
    return count;
  }
  return refuse(
    field,
    `must be a whole number from 1 to ${MAX_REPLICAS}, not ${count}`,
  );
}

/** The name of a replica. */
export function replicaName(name: string, number: number): string {
  return `${name}-${number}`;
}

/**
 * Refuses replicas whose names cannot be, or are those of other sessions.
 *
 * @param counts How many there are of each session, by name; `undefined`: it is
 * none.
 */
export function refuseTakenNames(
  counts: ReadonlyMap<string, number | undefined>,
  entries: ReadonlyMap<string, Field>,
): void {
  readEach([...counts], ([name, count]) => {
    if (count === undefined) return;
    const field = keyOf(entries.get(name)!);
    inFile(field, () => validateNewName(replicaName(name, count), ""));
    for (let number = 1; number <= count; number++) {
      const made = replicaName(name, number);
      if (!counts.has(made)) continue;
      refuse(
        field,
        `its replica ${JSON.stringify(made)} has the name of another session ` +
          "that is defined: rename one of them",
      );
    }
  });
}

/** A session with the number of a replica in all its texts. */
export function numbered(
  session: Field<Mapping>,
  { number }: Replica,
): Field<Mapping> {
  return { ...session, node: withNumber(session.node, number) as Mapping };
}

function withNumber(node: Node, number: number): Node {
  if (node.kind === "list") {
    return { ...node, items: node.items.map((it) => withNumber(it, number)) };
  }
  if (node.kind === "mapping") {
    const entries = Array.from(
      node.entries,
      ([key, it]) => [key, withNumber(it, number)] as const,
    );
    return { ...node, entries: new Map(entries) };
  }
  const { value: written } = node;
  if (typeof written !== "string") return node;
  // Two dollars stand for one, as everywhere.
  const value = written.replace(
    /(\$*)\$\{REPLICA\}/g,
    (text, before: string) => before.length % 2 ? text : `${before}${number}`,
  );
  return value === written ? node : { ...node, value, written };
}

/** A range of ports of the host, and one port of the container. */
const RANGE = /^((?:.*:)?)([0-9]+)(?:-([0-9]+))?(:[0-9]+(?:\/[^:]*)?)$/s;

/**
 * A session with its own port of each range of ports of the host.
 *
 * @throws {SessionConfigError} If a range is too small for all replicas.
 */
export function withOwnPorts(
  session: Field<Mapping>,
  replica: Replica,
): Field<Mapping> {
  const ports = entryOf(session, "ports");
  if (ports?.node.kind !== "list") return session;
  const items = readEach(
    ports.node.items,
    (node, i) => ownPort({ node, key: `${ports.key}[${i}]` }, replica),
  );
  const entries = new Map(session.node.entries);
  entries.set("ports", { ...ports.node, items });
  return { ...session, node: { ...session.node, entries } };
}

function ownPort(field: Field, { number, count }: Replica): Node {
  const { node } = field;
  if (node.kind !== "scalar" || typeof node.value !== "string") return node;
  const found = RANGE.exec(readTextOrNumber(field));
  if (found === null) return node;
  const [, address = "", first, last = first, rest = ""] = found;
  const room = Number(last) - Number(first) + 1;
  const isNumbered = node.written?.includes("${REPLICA}") ?? false;
  if (room === 1 && (isNumbered || Number(first) === 0)) return node;
  if (room < count) {
    refuse(
      field,
      `is for ${count} replicas, and ${
        room === 1 ? "one port" : `a range of ${room} ports`
      } of the host is not enough: write a range of ${count}`,
    );
  }
  const port = Number(first) + number - 1;
  return { ...node, value: `${address}${port}${rest}` };
}

/** Whether a name is that of a replica, whatever its number. */
export function isReplicaOf(replica: string, name: string): boolean {
  return replica.startsWith(`${name}-`) &&
    /^[1-9]\d*$/.test(replica.slice(name.length + 1));
}
