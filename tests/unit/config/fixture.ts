/** What the tests of the configuration share. */
import { assertInstanceOf } from "@std/assert";
import { loadConfig } from "../../../src/config/load.ts";
import type { LoadedConfig } from "../../../src/config/model.ts";
import type { Node } from "../../../src/config/tree.ts";
import { OpsError } from "../../../src/core/errors.ts";

/** What a tree says, as plain values; numbers as they are spelled. */
export function plain(node: Node | undefined): unknown {
  if (node === undefined) return undefined;
  if (node.kind === "list") return node.items.map(plain);
  if (node.kind === "scalar") return node.text ?? node.value;
  return Object.fromEntries(
    [...node.entries].map(([name, entry]) => [name, plain(entry)]),
  );
}

/** The message of the error that an action must throw, without the places. */
export function messageOf(action: () => unknown): string {
  return placedMessageOf(action).replace(/^([^:\n]+):\d+:\d+: /gm, "$1: ");
}

/** The message of the error that an action must throw. */
export function placedMessageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assertInstanceOf(error, OpsError);
    return error.message;
  }
  throw new Error("it did not throw");
}

/**
 * A temporary folder that is a whole world: `home` in it is the home folder,
 * `work` the working directory, and the environment is empty but for `HOME`
 * and what a test sets.
 */
export class World implements Disposable {
  /** The folder. */
  readonly path: string = Deno.realPathSync(
    Deno.makeTempDirSync({ prefix: "ops-config-" }),
  );
  /** The environment. */
  readonly env: Record<string, string> = { HOME: `${this.path}/home` };

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const folder of ["home/.config", "work"]) {
      Deno.mkdirSync(`${this.path}/${folder}`, { recursive: true });
    }
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  /** Writes a file, and the folders above it. */
  write(name: string, text: string | Uint8Array): void {
    const path = `${this.path}/${name}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeFileSync(
      path,
      typeof text === "string" ? new TextEncoder().encode(text) : text,
    );
  }

  /** Loads the configuration as seen from here. */
  load(file?: string, cwd = "work"): LoadedConfig {
    return loadConfig({
      file,
      cwd: `${this.path}/${cwd}`,
      env: (name) => this.env[name],
    });
  }

  /** The message of the error that loading must end in. */
  message(file?: string): string {
    return messageOf(() => this.load(file)).replaceAll(this.path, "WORLD");
  }

  /** The same with the places. */
  placedMessage(file?: string): string {
    const message = placedMessageOf(() => this.load(file));
    return message.replaceAll(this.path, "WORLD");
  }

  /** The paths of files, as seen from here. */
  names(paths: readonly string[]): string[] {
    return paths.map((path) => path.replace(`${this.path}/`, ""));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
