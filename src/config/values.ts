/** The kinds of value that the configuration of ops has. */
import { dirname } from "@std/path/posix/dirname";
import {
  BackendType,
  ContainerRuntime,
  ENGINE_NAMES,
  type EngineName,
  enginesOf,
  LogMode,
  type StopSignal,
} from "../core/definition.ts";
import { resolveHostPath, resolveVolume } from "../core/paths.ts";
import {
  validateChoice,
  validateCommand,
  validateEnv,
  validateTimeout,
  validateWorkingDir,
} from "../core/validate/fields.ts";
import {
  validateContainerPath,
  validateImage,
  validatePort,
  validateVolume,
} from "../core/validate/container.ts";
import {
  parseRestart,
  parseStopSignal,
  validateLogFiles,
  validateLogMaxSize,
} from "../core/validate/lifecycle.ts";
import type { Field } from "./fields.ts";
import {
  entriesOf,
  inFile,
  keyOf,
  readList,
  readMapping,
  readNumber,
  readText,
  readTextOrNumber,
  refuse,
} from "./fields.ts";
import { readEach } from "./problems.ts";
import { parseSize } from "./size.ts";

/** Reads the home folder. */
export type HomeReader = () => string | undefined;

/** Reads a kind of engine. */
export function readBackend(field: Field): BackendType {
  const { node } = field;
  const runtime = node.kind === "scalar" ? node.value : undefined;
  if (Object.values<unknown>(ContainerRuntime).includes(runtime)) {
    refuse(
      field,
      `"${runtime}" is a runtime: write backend: container and ` +
        `runtime: ${runtime}`,
    );
  }
  return readChoice(field, Object.values(BackendType));
}

/** Reads a container runtime. */
export function readRuntime(field: Field): ContainerRuntime {
  return readChoice(field, Object.values(ContainerRuntime));
}

/** Reads which engines may be asked. */
export function readEngines(field: Field): EngineName[] {
  const engines = readList(field, (item) => readChoice(item, ENGINE_NAMES));
  if (engines.length === 0) {
    refuse(keyOf(field), `names no engine: ${ENGINE_NAMES.join(", ")}`);
  }
  return engines;
}

/** Refuses an engine, or a kind of one, that `ops.engines` leaves out. */
export function asked<T extends BackendType | ContainerRuntime>(
  field: Field,
  wanted: T,
  engines: readonly EngineName[],
): T {
  const names = wanted === BackendType.CONTAINER
    ? enginesOf(wanted)
    : ENGINE_NAMES.filter((it) => it === wanted);
  if (names.some((it) => engines.includes(it))) return wanted;
  return refuse(
    field,
    `needs ${names.join(" or ")}, which ops.engines leaves out: add it there`,
  );
}

/** Reads where the output of a session is kept. */
export function readLogMode(field: Field): LogMode {
  return readChoice(field, Object.values(LogMode));
}

/** Reads one of several words. */
export function readChoice<T extends string>(
  field: Field,
  choices: readonly T[],
): T {
  const text = readText(field);
  inFile(field, () => validateChoice(text, choices, ""));
  return text as T;
}

/** Reads by what a configuration is known. */
export function readOwnName(field: Field): string {
  const name = readText(field);
  if (name === "") refuse(field, "is empty: write a name, or leave it out");
  return name;
}

/** Reads the name or path of a program. */
export function readProgram(field: Field): string {
  const program = readText(field);
  // Checked as a path: not empty, no NUL, not huge.
  inFile(field, () => validateWorkingDir(program, ""));
  return program;
}

/** Reads a command: a text, or a list of texts and numbers. */
export function readCommand(field: Field): string | string[] {
  const command = field.node.kind === "list"
    ? readList(field, readTextOrNumber)
    : readText(field);
  inFile(field, () => validateCommand(command, ""));
  return command;
}

/** Reads environment variables; numbers are taken as they are spelled. */
export function readEnv(field: Field): Record<string, string> {
  const mapping = readMapping(field);
  return Object.fromEntries(
    readEach(entriesOf(mapping), ([name, entry]) => {
      const value = readTextOrNumber(entry);
      const named = { ...keyOf(entry), key: field.key };
      inFile(named, () => validateEnv({ [name]: value }, ""));
      return [name, value];
    }),
  );
}

/** Reads the reference of an image. */
export function readImage(field: Field): string {
  const image = readText(field);
  inFile(field, () => validateImage(image, ""));
  return image;
}

/** Reads published ports. */
export function readPorts(field: Field): string[] {
  return readList(field, (item) => {
    const port = readTextOrNumber(item);
    inFile(item, () => validatePort(port, ""));
    return port;
  });
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

/** Reads the size at which a log file is rotated, in bytes or with a unit. */
export function readLogMaxSize(field: Field): number {
  const text = readTextOrNumber(field);
  return inFile(field, () => {
    const bytes = parseSize(text, "");
    validateLogMaxSize(bytes, "");
    return bytes;
  });
}

/** Reads how many log files are kept. */
export function readLogFiles(field: Field): number {
  const count = readNumber(field);
  inFile(field, () => validateLogFiles(count, ""));
  return count;
}

/** Reads the signal that a stop begins with. */
export function readStopSignal(field: Field): StopSignal {
  const text = readTextOrNumber(field);
  return inFile(field, () => parseStopSignal(text, ""));
}

/** Reads how long a stop lets a session clean up, in seconds. */
export function readStopTimeout(field: Field): number {
  const seconds = readNumber(field);
  inFile(field, () => validateTimeout(seconds, ""));
  return seconds;
}

/** Reads a restart policy. */
export function readRestart(field: Field): string {
  const text = readText(field);
  inFile(field, () => parseRestart(text, ""));
  return text;
}

/** The folder of the file that sets a field. */
export function folderOf(field: Field): string {
  return dirname(field.node.origin.path);
}

/** The home folder, read only if needed: reading it takes a permission. */
export function homeFor(path: string, home: HomeReader): string | undefined {
  return path.startsWith("~") ? home() : undefined;
}
