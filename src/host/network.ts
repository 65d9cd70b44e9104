/** Looks whether something answers at an address: the one place that connects. */
import { PermissionError } from "../core/errors.ts";

/**
 * How long a connection has to stay open. What forwards a port of a container
 * takes connections before anything listens inside, and closes them at once.
 */
const SETTLE_MS = 150;

/**
 * Why a port of this machine takes no connections; `null` if it does.
 *
 * @param port The TCP port, at 127.0.0.1.
 * @param timeoutMs How long that may take, in milliseconds.
 * @throws {PermissionError} If Deno may not connect to it.
 */
export async function portFault(
  port: number,
  timeoutMs: number,
): Promise<string | null> {
  const hostname = "127.0.0.1";
  return await permitted(`${hostname}:${port}`, timeoutMs, async (signal) => {
    using connection = await Deno.connect({ hostname, port, signal });
    return await isClosed(connection) ? "connections are closed at once" : null;
  });
}

/**
 * Why an address does not answer as it is to; `null` if it does.
 *
 * @param status The status it has to answer with; `undefined`: any 2xx.
 * @param timeoutMs How long that may take, in milliseconds.
 * @throws {PermissionError} If Deno may not connect to it.
 */
export async function httpFault(
  url: string,
  status: number | undefined,
  timeoutMs: number,
): Promise<string | null> {
  const { hostname, port, protocol } = new URL(url);
  const usual = protocol === "https:" ? "443" : "80";
  const address = `${hostname}:${port || usual}`;
  return await permitted(address, timeoutMs, async (signal) => {
    const answer = isHere(url)
      ? await directStatus(new URL(url), signal)
      : await statusOf(url, signal);
    const isWanted = status === undefined
      ? answer >= 200 && answer <= 299
      : answer === status;
    return isWanted ? null : `the answer is ${answer}`;
  });
}

/** Whether an address is on this machine, and not encrypted. */
function isHere(url: string): boolean {
  return /^http:\/\/(?:[^/]*@)?(?:localhost|127(?:\.\d+){3}|\[::1\])(?:[:/]|$)/
    .test(new URL(url).href);
}

/** The status that an address answers with. */
async function statusOf(url: string, signal: AbortSignal): Promise<number> {
  const { status, body } = await fetch(url, { signal, redirect: "manual" });
  await body?.cancel();
  return status;
}

/**
 * The same, without the proxy that HTTP_PROXY may name: it has no part in what
 * is on this machine, and fetch would ask it.
 */
async function directStatus(url: URL, signal: AbortSignal): Promise<number> {
  const { hostname, host, port, pathname, search, username, password } = url;
  const connection = await Deno.connect({
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || 80),
    signal,
  });
  const end = () => connection.close();
  signal.addEventListener("abort", end, { once: true });
  try {
    const user = [username, password].map(decodeURIComponent).join(":");
    const request = [
      `GET ${pathname}${search} HTTP/1.1`,
      `Host: ${host}`,
      ...(user === ":" ? [] : [`Authorization: Basic ${encode(user)}`]),
      "Accept: */*",
      "Connection: close",
    ].map((line) => `${line}\r\n`).join("");
    await connection.write(new TextEncoder().encode(`${request}\r\n`));
    return await readStatus(connection);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", end);
    if (!signal.aborted) end();
  }
}

/** Reads the status of an HTTP answer. */
async function readStatus(connection: Deno.TcpConn): Promise<number> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(1024);
  let said = "";
  while (!said.includes("\n") && said.length < buffer.length) {
    const count = await connection.read(buffer);
    if (count === null) break;
    said += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(said) ?? [];
  if (status === undefined) throw new Error("no answer in HTTP");
  return Number(status);
}

function encode(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}

/** Whether the other side closes a connection before it says anything. */
async function isClosed(connection: Deno.TcpConn): Promise<boolean> {
  const isOver = connection.read(new Uint8Array(1)).then(
    (count) => count === null,
    () => true, // it was reset, or is closed by us, whom nobody asks any more
  );
  const settled = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => settled.resolve(false), SETTLE_MS);
  try {
    return await Promise.race([isOver, settled.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Looks at an address, within a time limit. */
async function permitted(
  address: string,
  timeoutMs: number,
  look: (signal: AbortSignal) => Promise<string | null>,
): Promise<string | null> {
  try {
    return await look(AbortSignal.timeout(timeoutMs));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) {
      throw new PermissionError(
        `connect to ${address}`,
        `--allow-net=${address}`,
        { cause },
      );
    }
    if (!(cause instanceof Error)) throw cause;
    return reasonOf(cause);
  }
}

/** What the system said of a connection, in few words. */
function reasonOf(error: Error): string {
  if (error.name === "TimeoutError") return "no answer";
  const said = [error, error.cause].map((it) => `${it}`).join(" ");
  const [known] =
    /connection refused|connection reset|dns error|certificate/i.exec(said) ??
      [];
  return known?.toLowerCase() ?? error.message;
}
