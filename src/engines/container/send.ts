/**
 * Types into a container. The ways differ: Docker's own client types into no
 * terminal unless it has one itself, and Podman closes the input of a container
 * without a terminal when the first client leaves.
 */
import {
  EngineTimeoutError,
  SessionNotFoundError,
  SessionSendError,
} from "../../core/errors.ts";
import { isKeyName, keyBytes } from "../../core/keys.ts";
import { SessionState } from "../../core/status.ts";
import { ACTION_MS } from "../../host/local/local.ts";
import type { SendKeysOptions } from "../runner.ts";
import { execArgs, typeArgs } from "./args.ts";
import { type ContainerClient, lastWords } from "./client.ts";
import type { Container } from "./parse.ts";

/** How long an attach may take that tells nothing of itself, in ms. */
const ATTACH_MS = 5_000;

/** How long what is typed may take from there to the terminal, in ms. */
const ARRIVE_MS = 500;

/** Keys that are characters without a terminal, too. */
const CHARACTERS: Readonly<Record<string, string>> = {
  Enter: "\n",
  Tab: "\t",
  Space: " ",
};

/** Passes on what it reads to the container's own input. */
const PASS_ON = ["sh", "-c", "cat >/proc/1/fd/0"];

/** The exit codes of an `exec` whose program cannot be run. */
const CANNOT_RUN = [126, 127];

/**
 * Types text into a container, or presses a single key.
 *
 * @throws {SessionSendError} If it is not running, or cannot be typed into.
 */
export async function sendTo(
  client: ContainerClient,
  container: Container,
  keys: string,
  options: SendKeysOptions,
): Promise<void> {
  const { id, input, hasTerminal, status } = container;
  const refuse = (reason: string) => {
    throw new SessionSendError(status.name, client.dialect.runtime, reason);
  };
  if (status.state !== SessionState.RUNNING) {
    refuse(`it is ${status.detail ?? status.state}; start it first`);
  }
  if (input === "none") {
    refuse(
      "its input is not open: make it anew with -i, and with -t for keys such " +
        "as C-c, or let ops make it, which gives it both",
    );
  }
  const isKey = !options.literal && isKeyName(keys);
  if (isKey && !hasTerminal && CHARACTERS[keys] === undefined) {
    refuse(
      `${keys} is a key of a terminal, and it has none: make it anew with -t, ` +
        "or send that as text with --literal",
    );
  }
  const text = textOf(keys, isKey, hasTerminal === true, options);
  const { connection } = client.dialect;
  if (connection !== null && input === "open") {
    return await typeOver(client, container, connection, text);
  }
  if (hasTerminal) return await typeInto(client, id, text);
  const { code, stderr } = await client.call(
    execArgs(id, PASS_ON, { interactive: true, tty: false }),
    { stdin: text },
  );
  if (code === 0) return;
  refuse(
    CANNOT_RUN.includes(code)
      ? "it has no terminal, and no sh and cat to type with: make it anew with -t"
      : lastWords(stderr),
  );
}

/** What is typed, Enter included. */
function textOf(
  keys: string,
  isKey: boolean,
  hasTerminal: boolean,
  { enter = true }: SendKeysOptions,
): string {
  if (isKey) return hasTerminal ? keyBytes(keys) : CHARACTERS[keys]!;
  return keys + (enter ? hasTerminal ? "\r" : "\n" : "");
}

/**
 * Types over a connection to the engine, which closes it when all of that has
 * been passed on.
 */
async function typeOver(
  client: ContainerClient,
  { id, status: { name } }: Container,
  connection: readonly string[],
  text: string,
): Promise<void> {
  const { runtime } = client.dialect;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const decoder = new TextDecoder();
  let answer = "";
  let isOpen = false;
  send(writer, attachRequest(id, text));
  try {
    for await (
      const { source, bytes } of client.stream(connection, {
        stdin: readable,
        idleMs: ACTION_MS,
      })
    ) {
      if (source === "stderr" || isOpen) continue;
      answer += decoder.decode(bytes, { stream: true });
      // Anything that comes before its answer would be lost.
      if (!answer.includes("\r\n\r\n")) continue;
      if (/^HTTP\/1\.1 404/.test(answer)) {
        throw new SessionNotFoundError(name, runtime);
      }
      if (!/^HTTP\/1\.1 101/.test(answer)) break;
      isOpen = true;
      send(writer, text);
      writer.close().catch(ifEnded);
    }
  } catch (error) {
    if (!isOpen || !(error instanceof EngineTimeoutError)) throw error;
    const reason = `it has not read all of that in ${ACTION_MS / 1000} s`;
    throw new SessionSendError(name, runtime, reason, { cause: error });
  }
  if (!isOpen) throw client.failure(answer);
}

/** Asks for the input of a container alone; no key of the text leaves it. */
function attachRequest(id: string, text: string): string {
  // Docker takes C-p C-q for leaving unless it is told of other keys.
  const unused =
    ["^", "]", "_", "\\", "@"].find((key) =>
      !text.includes(keyBytes(`C-${key}`))
    ) ?? "^";
  const leave = encodeURIComponent(Array(3).fill(`ctrl-${unused}`).join(","));
  return [
    `POST /containers/${id}/attach?stream=1&stdin=1&detachKeys=${leave} HTTP/1.1`,
    "Host: docker",
    "Connection: Upgrade",
    "Upgrade: tcp",
    "Content-Length: 0",
    "\r\n",
  ].join("\r\n");
}

/**
 * Types by the client's own attach, which tells of no arrival: mostly the
 * terminal shows what is typed. Where it is told not to, the client has some
 * time from when it says, for people who look for faults, that it attaches.
 */
async function typeInto(
  client: ContainerClient,
  id: string,
  text: string,
): Promise<void> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const over = new AbortController();
  const echo = echoOf(text);
  const said = { stdout: "", stderr: "" };
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  let isAttached = false;
  let timer = setTimeout(() => over.abort(), ATTACH_MS);
  send(writable.getWriter(), text);
  try {
    for await (
      const { source, bytes } of client.stream(typeArgs(id), {
        stdin: readable,
        signal: over.signal,
      })
    ) {
      said[source] += decoders[source].decode(bytes, { stream: true });
      if (said.stdout.includes(echo)) over.abort();
      if (isAttached) continue;
      isAttached = said.stdout !== "" ||
        said.stderr.includes("Attaching to container");
      if (!isAttached) continue;
      clearTimeout(timer);
      timer = setTimeout(() => over.abort(), ARRIVE_MS);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** What a terminal shows of what is typed, unless it is told not to. */
function echoOf(text: string): string {
  return text.replaceAll(
    // deno-lint-ignore no-control-regex -- those are what is shown otherwise
    /[\x00-\x08\x0b-\x1f\x7f]|\n/g,
    (character) =>
      /[\r\n]/.test(character)
        ? "\r\n"
        : `^${String.fromCharCode(character.charCodeAt(0) ^ 0x40)}`,
  );
}

function send(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  text: string,
): void {
  writer.write(new TextEncoder().encode(text)).catch(ifEnded);
}

/** The end of the client says why it took no more. */
function ifEnded(): void {}
