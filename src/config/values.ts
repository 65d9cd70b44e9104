/** The kinds of value that the configuration of ops has. */
import { dirname } from "@std/path/posix/dirname";
import { BackendType, ContainerRuntime } from "../models.ts";
import { resolveHostPath, resolveVolume } from "../paths.ts";
import {
  validateChoice,
  validateEnv,
  validateWorkingDir,
} from "../validation.ts";
import {
  validateContainerPath,
  validateVolume,
} from "../validation_container.ts";
import type { Field } from "./fields.ts";
import {
  entriesOf,
  inFile,
  readList,
  readMapping,
  readText,
  readTextOrNumber,
} from "./fields.ts";

/** Reads the home folder. */
export type HomeReader = () => string | undefined;

/** Reads a kind of engine. */
export function readBackend(field: Field): BackendType {
  return readChoice(field, Object.values(BackendType));
}

/** Reads a container runtime. */
export function readRuntime(field: Field): ContainerRuntime {
  return readChoice(field, Object.values(ContainerRuntime));
}

function readChoice<T extends string>(field: Field, choices: readonly T[]): T {
  const text = readText(field);
  inFile(field, () => validateChoice(text, choices, ""));
  return text as T;
}

/** Reads the name or path of a program. */
export function readProgram(field: Field): string {
  const program = readText(field);
  // As a path: not empty, no NUL, not huge.
  inFile(field, () => validateWorkingDir(program, ""));
  return program;
}

/** Reads a command: a text, or a list of texts and numbers. */
export function readCommand(field: Field): string | string[] {
  return field.node.kind === "list"
    ? readList(field, readTextOrNumber)
    : readText(field);
}

/** Reads environment variables; numbers are taken as they are spelled. */
export function readEnv(field: Field): Record<string, string> {
  const mapping = readMapping(field);
  return Object.fromEntries(
    entriesOf(mapping).map(([name, entry]) => {
      const value = readTextOrNumber(entry);
      // One by one, as each may come from another file.
      const named = { node: entry.node, key: field.key };
      inFile(named, () => validateEnv({ [name]: "" }, ""));
      return [name, value];
    }),
  );
}

/** Reads a folder of the host and makes it absolute. */
export function readHostDir(field: Field, home: HomeReader): string {
  const path = readText(field);
  return inFile(field, () => {
    validateWorkingDir(path, "");
    return resolveHostPath(path, folderOf(field), homeFor(path, home), "");
  });
}

/** Reads a folder inside a container. */
export function readContainerDir(field: Field): string {
  const path = readText(field);
  inFile(field, () => validateContainerPath(path, ""));
  return path;
}

/** Reads a mount and makes its host side absolute. */
export function readMount(field: Field, home: HomeReader): string {
  const mount = readText(field);
  return inFile(field, () => {
    validateVolume(mount, "");
    return resolveVolume(mount, folderOf(field), homeFor(mount, home), "");
  });
}

/** The folder of the file that says it. */
function folderOf(field: Field): string {
  return dirname(field.node.origin.path);
}

/** The home folder, asked for only if it is needed: it takes a permission. */
function homeFor(path: string, home: HomeReader): string | undefined {
  return path.startsWith("~") ? home() : undefined;
}
