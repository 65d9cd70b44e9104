/** The folder of logs and history: can it be used, and only by its user? */
import { userId } from "../host/environment.ts";
import { type OpsError, PermissionError, StateError } from "../core/errors.ts";
import { allRemembered } from "../state/lookup.ts";
import { stateFolder as defaultFolder } from "../state/paths.ts";
import { type Finding, findingOf, ok, systemWords } from "./finding.ts";
import { shellWord } from "../core/shell_word.ts";
import type { Scene } from "./scene.ts";

const CHECK = "state-folder";

/** How many runs of a session are looked at; there can be a thousand. */
const LAST_RUNS = 20;

/** So much must fit: the first line of a log on a full disk often does. */
const PROBE_BYTES = 65_536;

/** Can the folder be used, and only by its user? */
export async function examineStateFolder(scene: Scene): Promise<Finding[]> {
  const folder = scene.stateFolder === undefined
    ? defaultFolder()
    : scene.stateFolder;
  if (folder === null) return [NOWHERE];
  const found = await nearest(folder);
  const { path, info } = found;
  if (info === null || !info.isDirectory) {
    const aside = `mv ${shellWord(path)} ${shellWord(`${path}.old`)}`;
    return [finding("broken", `${path} is in the way: it is no folder`, aside)];
  }
  const unwritable = await probe(folder, path);
  if (unwritable !== null) return [unwritable, ...strangers(found, folder)];
  if (path !== folder) {
    const fact = `${folder} is not there yet: it is made at the first start`;
    return [{ check: CHECK, level: "note", fact, remedy: null }];
  }
  const wrong = [...strangers(found, folder), ...damaged(folder)];
  return wrong.length > 0 ? wrong : [ok(CHECK, `${folder} can be used`)];
}

const NOWHERE: Finding = {
  check: CHECK,
  level: "warning",
  fact: "neither HOME nor XDG_STATE_HOME is set: no logs and no history are " +
    "kept",
  remedy: "set HOME",
};

function finding(
  level: Finding["level"],
  fact: string,
  remedy: string,
): Finding {
  return { check: CHECK, level, fact, remedy };
}

interface Found {
  readonly path: string;
  /** `null`: a link that leads nowhere. */
  readonly info: Deno.FileInfo | null;
}

/** What there is of a path: the folder itself, or the last above it. */
async function nearest(folder: string): Promise<Found> {
  for (let path = folder;; path = above(path)) {
    try {
      return { path, info: await Deno.stat(path) };
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) {
        throw new PermissionError(
          `look at ${path}`,
          `--allow-read=${folder}`,
          { cause: error },
        );
      }
      const isAbsent = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.NotADirectory;
      if (!isAbsent) throw error;
      if (await isLink(path)) return { path, info: null };
    }
  }
}

function above(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash) || "/";
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isSymlink;
  } catch (error) {
    const isAbsent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (isAbsent) return false;
    throw error;
  }
}

/** Writes there, and leaves no trace; returns what keeps it from that. */
async function probe(folder: string, path: string): Promise<Finding | null> {
  // Readers of the folder pass over names of that end.
  const file = `${path}/.kstlib-ops-${crypto.randomUUID()}.new`;
  try {
    await fill(file);
    return null;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      return findingOf(
        CHECK,
        new PermissionError(
          `try whether ${path} can be written to`,
          `--allow-write=${path}`,
        ),
      );
    }
    const said = systemWords(error);
    const lost = `${path} cannot be written to (${said}): logs and history ` +
      "are lost";
    return finding("broken", lost, remedyFor(said, folder, path));
  }
}

/** Not through any cache, and not of zeros: those can take no space at all. */
async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, {
    write: true,
    createNew: true,
    mode: 0o600,
  });
  try {
    const bytes = crypto.getRandomValues(new Uint8Array(PROBE_BYTES));
    for (let done = 0; done < bytes.length;) {
      done += await file.write(bytes.subarray(done));
    }
    await file.sync();
  } finally {
    await Deno.remove(path);
  }
}

function remedyFor(said: string, folder: string, path: string): string {
  const elsewhere = "set XDG_STATE_HOME to a folder elsewhere";
  if (/no space left|quota/i.test(said)) {
    return `free some space on the disk of ${folder}, or ${elsewhere}`;
  }
  if (/read-only/i.test(said)) {
    return `mount it writable, or ${elsewhere}`;
  }
  return path === folder
    ? `chown it to yourself and "chmod 700 ${shellWord(path)}", or ${elsewhere}`
    : `have ${folder} made and given to you, or ${elsewhere}`;
}

/** What in the folder cannot be read, of the last runs of each session. */
function damaged(folder: string): Finding[] {
  const warnings: OpsError[] = [];
  const warn = (warning: OpsError) => warnings.push(warning);
  allRemembered({ stateFolder: folder, warn }, () => true, LAST_RUNS);
  return warnings.map((warning) => {
    if (!(warning instanceof StateError)) return findingOf(CHECK, warning);
    const { folder: path, reason } = warning;
    const fact = `${path} cannot be used (${reason})`;
    // A record tells of one run; in a folder there are all of a session.
    const remedy = path.endsWith(".json")
      ? `rm ${shellWord(path)}`
      : `see what is wrong in ${path}: no run of that session is known`;
    return finding("warning", fact, remedy);
  });
}

/** Which other users may use the folder. */
function strangers({ path, info }: Found, folder: string): Finding[] {
  if (path !== folder || info === null) return [];
  const { mode, uid } = info;
  const findings: Finding[] = [];
  if (mode !== null && (mode & 0o077) !== 0) {
    const octal = (mode & 0o777).toString(8);
    findings.push(finding(
      "warning",
      `${folder} is open to others (mode ${octal}): logs may hold secrets`,
      `chmod 700 ${shellWord(folder)}`,
    ));
  }
  try {
    const own = userId();
    if (uid !== null && uid !== own) {
      findings.push(finding(
        "warning",
        `${folder} belongs to another user (uid ${uid}), who reads what is ` +
          "kept there, or can no longer",
        `chown -R ${own} ${shellWord(folder)}, or run ops as that user`,
      ));
    }
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    findings.push(findingOf(CHECK, error));
  }
  return findings;
}
