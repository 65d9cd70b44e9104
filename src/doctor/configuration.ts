/** The configuration: is it right, and is what it names there? */
import { type ConfigProblem, SessionConfigError } from "../core/errors.ts";
import type { LoadedConfig, SessionDefinition } from "../config/model.ts";
import { BackendType } from "../core/status.ts";
import { diagnose, type Finding, ok, systemWords } from "./finding.ts";
import { shellWord } from "../core/shell_word.ts";
import type { Scene } from "./scene.ts";

/** Is the configuration right, and is what it names there? */
export async function examineConfig(scene: Scene): Promise<Finding[]> {
  try {
    const config = await scene.config;
    const folders = await Promise.all(
      [...config.sessions.values()].map(examineFolder),
    );
    return [...readFiles(config), ...folders.flat()];
  } catch (error) {
    if (!(error instanceof SessionConfigError)) throw error;
    // Such as a working directory that has gone since the file was written.
    if (error.file === null && error.key === "") {
      return [{ check: "config", level: "broken", ...diagnose(error) }];
    }
    return error.problems.map(findingOf);
  }
}

function findingOf({ file, key, message }: ConfigProblem): Finding {
  const place = key === "" ? "it" : key;
  return {
    check: "config",
    level: "broken",
    fact: message,
    remedy: `correct ${file === null ? place : `${place} in ${file}`}: ` +
      'until then "ops start" and "ops restart" refuse to work',
  };
}

function readFiles({ files, sessions }: LoadedConfig): Finding[] {
  if (files.length === 0) return [ok("config", "there is no file")];
  const defined = `${sessions.size} ${
    sessions.size === 1 ? "session" : "sessions"
  } defined`;
  return [ok("config", `${defined} in ${files.join(", ")}`)];
}

async function examineFolder(
  { config }: SessionDefinition,
): Promise<Finding[]> {
  const { name, backend, workingDir } = config;
  // That of a container is inside it.
  if (backend !== BackendType.TMUX || !workingDir) return [];
  const why = await unusable(workingDir);
  if (why === null) return [];
  return [{
    check: "working-dir",
    level: "broken",
    fact: `${name} cannot be started: its working_dir ${workingDir} ${why}`,
    remedy: `mkdir -p ${shellWord(workingDir)}, or name another folder`,
  }];
}

async function unusable(folder: string): Promise<string | null> {
  try {
    const { isDirectory } = await Deno.stat(folder);
    return isDirectory ? null : "is no folder";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "does not exist";
    if (error instanceof Deno.errors.NotCapable) throw error;
    return `cannot be used (${systemWords(error)})`;
  }
}
