/** How messages name a value: `ops.sessions.bot.ports[0]`. */

/**
 * The path of a part of what has a path.
 *
 * @param path The path of the whole; empty for a file.
 * @param part The key of an entry, or the index of an item; a key that is no
 * plain word is put in brackets.
 */
export function below(path: string, part: string | number): string {
  if (typeof part === "number") return `${path}[${part}]`;
  if (!/^[\w-]+$/.test(part)) return `${path}[${JSON.stringify(part)}]`;
  return path === "" ? part : `${path}.${part}`;
}
