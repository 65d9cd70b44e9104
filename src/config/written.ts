/** Keeps what variables hold out of messages. */
import type { Node, Scalar } from "./tree.ts";

/**
 * What is wrong with a value, without what was filled into it: it is shown as
 * it is written in the file.
 *
 * @param reason What is wrong, with the value and parts of it in double quotes.
 * @param node The value.
 */
export function withoutValues(reason: string, node: Node): string {
  const values = filledIn(node).map((it) => ({
    value: String(it.value),
    written: it.written!,
  }));
  if (values.length === 0) return reason;
  const told = reason.replace(/"(?:[^"\\]|\\.)*"/g, (quoted) => {
    const whole = values.find(({ value }) => JSON.stringify(value) === quoted);
    return whole === undefined ? '"…"' : JSON.stringify(whole.written);
  });
  const isTold = values.some(({ value, written }) =>
    value !== "" && told.replaceAll(JSON.stringify(written), "").includes(value)
  );
  if (!isTold) return told;
  const [first] = values;
  return `${JSON.stringify(first!.written)} is not valid with its variables ` +
    "filled in";
}

/** The parts of a value that variables were filled into. */
function filledIn(node: Node): Scalar[] {
  if (node.kind === "list") return node.items.flatMap(filledIn);
  if (node.kind === "mapping") {
    return [...node.entries.values()].flatMap(filledIn);
  }
  return node.written === undefined ? [] : [node];
}
