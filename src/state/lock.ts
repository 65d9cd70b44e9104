/** A lock that its holder loses when it ends, however it ends. */
import { pause } from "../core/pause.ts";
import { makeFolder, withFiles } from "./files.ts";

/** The time between two tries, in milliseconds. */
const PAUSE_MS = 100;

/** A lock that is held until it is disposed of. */
export interface Lock extends Disposable {
  /** The file that is locked. */
  readonly path: string;
}

/** How a lock is waited for. */
export interface LockOptions {
  /** What others that wait are told of the holder, such as `ops up`. */
  readonly holder: string;
  /** Hears who holds it, if it has to be waited for. */
  readonly onWait?: ((holder: string) => void) | undefined;
  /** Ends the wait; it is then rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes a lock, or waits for it. The system gives it back when its holder ends,
 * so that a dead process never holds it.
 *
 * @param name What is locked; any text.
 * @throws {StateError} If the folder cannot be used.
 */
export async function takeLock(
  stateFolder: string,
  name: string,
  { holder, onWait, signal }: LockOptions,
): Promise<Lock> {
  const folder = `${stateFolder}/locks`;
  const path = `${folder}/${await fileName(name)}`;
  const file = withFiles(folder, () => {
    makeFolder(folder);
    return Deno.openSync(path, {
      read: true,
      write: true,
      create: true,
      mode: 0o600,
    });
  });
  try {
    let told = false;
    while (!withFiles(folder, () => file.tryLockSync(true))) {
      if (!told) onWait?.(withFiles(folder, () => Deno.readTextFileSync(path)));
      told = true;
      await pause(PAUSE_MS, signal);
      signal?.throwIfAborted();
    }
    withFiles(folder, () => {
      file.truncateSync();
      file.writeSync(new TextEncoder().encode(holder));
    });
  } catch (error) {
    file.close();
    throw error;
  }
  return { path, [Symbol.dispose]: () => file.close() };
}

/** A name for a file, whatever the text. */
async function fileName(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(hash).toHex().slice(0, 32);
}
