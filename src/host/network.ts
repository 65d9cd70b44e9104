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
    using client = isHere(url) ? directClient(hostname, port || usual) : null;
    const response = await fetch(url, {
      signal,
      redirect: "manual",
      ...(client === null ? {} : { client }),
    });
    await response.body?.cancel();
    const isWanted = status === undefined
      ? response.ok
      : response.status === status;
    return isWanted ? null : `the answer is ${response.status}`;
  });
}

/** Whether an address is on this machine, and not encrypted. */
function isHere(url: string): boolean {
  return /^http:\/\/(?:[^/]*@)?(?:localhost|127(?:\.\d+){3}|\[::1\])(?:[:/]|$)/
    .test(new URL(url).href);
}

/** Asks without the proxy that HTTP_PROXY may name: it has no part in this. */
function directClient(hostname: string, port: string): Deno.HttpClient {
  return Deno.createHttpClient({
    proxy: {
      transport: "tcp",
      hostname,
      port: Number(port),
    },
  });
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
