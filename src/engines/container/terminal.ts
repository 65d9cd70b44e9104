/** Attaches to a running container, and runs programs in it. */
import { pause } from "../../core/pause.ts";
import type { ExecOptions, ExecResult } from "../runner.ts";
import {
  OpsError,
  SessionAttachError,
  SessionExecError,
} from "../../core/errors.ts";
import { type AttachResult, SessionState } from "../../core/definition.ts";
import { QUESTION_MS } from "../../host/local/local.ts";
import { attachArgs, execArgs } from "./args.ts";
import { asText } from "../../state/log_text.ts";
import { readLogs } from "./logs.ts";
import { lastExitCode } from "./attempts.ts";
import type { ContainerClient } from "./client.ts";
import { type Container, hasProcesses } from "./parse.ts";

/** How long an engine may take to notice that a process has ended, in ms. */
const NOTICE_MS = 5_000;

/** How many of the last lines are shown before an attach. */
const RECENT_LINES = 15;

/** How long they may take, in ms. */
const RECENT_MS = 2_000;

/** How often to ask whether it has noticed, in ms. */
const NOTICE_POLL_MS = 50;

/**
 * Hands the terminal to a container; see `ContainerRunner.attach`.
 *
 * @throws {SessionAttachError} If it is not running, or without a terminal.
 */
export async function attachTo(
  client: ContainerClient,
  container: Container,
  notify: ((text: string) => void) | undefined,
): Promise<AttachResult> {
  const { id, hasTerminal, input, status } = container;
  const { name } = status;
  const { runtime } = client.dialect;
  if (status.state !== SessionState.RUNNING) {
    throw new SessionAttachError(
      name,
      runtime,
      `it is ${status.detail ?? status.state}; see its output with ` +
        `"ops logs ${name}"`,
    );
  }
  if (!client.isTerminal()) {
    throw new SessionAttachError(
      name,
      runtime,
      "standard input and output are not a terminal; run it in one",
    );
  }
  const canType = hasTerminal === true && input !== "none";
  if (notify !== undefined) {
    const lacks = hasTerminal ? "its input is not open" : "it has no terminal";
    notify(
      `attached to ${name} (${runtime}); ` +
        (canType
          ? "leave with C-p C-q\n"
          : `${lacks}: you see its output, Ctrl-C leaves it running\n`),
    );
    notify(await recentOutput(client, id));
  }
  await client.attach(attachArgs(id, canType), { endOnInterrupt: !canType });
  return await outcomeOf(client, container);
}

/** The last lines of a container's log, for a person who comes to it. */
async function recentOutput(
  client: ContainerClient,
  id: string,
): Promise<string> {
  try {
    const timeoutMs = RECENT_MS;
    const read = await readLogs(client, id, RECENT_LINES, {}, { timeoutMs });
    const text = asText(read.text);
    return read.isWhole ? `${text}\n` : text;
  } catch (error) {
    // They only help to see where one is; some logs cannot be read, or are huge.
    if (error instanceof OpsError) return "";
    throw error;
  }
}

/** Finds out how an attach ended: the client's exit code does not tell. */
async function outcomeOf(
  client: ContainerClient,
  before: Container,
): Promise<AttachResult> {
  // Podman reports a container as running until it notices the end; but `top`
  // needs a living process.
  const top = await client.call(["top", before.id], { timeoutMs: QUESTION_MS });
  const deadline = performance.now() + NOTICE_MS;
  let [after] = await client.inspect([before.id]);
  while (
    top.code !== 0 && after?.word === "running" &&
    !isRestarted(before, after) && performance.now() < deadline
  ) {
    await pause(NOTICE_POLL_MS);
    [after] = await client.inspect([before.id]);
  }
  const isThere = after !== undefined && hasProcesses(after);
  const restarted = isThere && isRestarted(before, after!);
  return {
    switched: false,
    ended: !isThere || restarted,
    restarted,
    exitCode: restarted
      ? await lastExitCode(client, after!)
      : after?.status.exitCode ?? null,
    signal: null,
  };
}

/**
 * Whether a container has ended and restarted since, or is about to restart.
 */
function isRestarted(before: Container, { word, status }: Container): boolean {
  return word === "restarting" || status.startedAt !== before.status.startedAt;
}

/**
 * Runs a further program in a container; see `ContainerRunner.exec`.
 *
 * @throws {SessionExecError} If it is not running.
 */
export async function execIn(
  client: ContainerClient,
  { id, status }: Container,
  command: readonly string[],
  { interactive = false, timeout }: ExecOptions,
): Promise<ExecResult> {
  if (status.state !== SessionState.RUNNING) {
    throw new SessionExecError(
      status.name,
      client.dialect.runtime,
      `it is ${status.detail ?? status.state}; start it first`,
    );
  }
  if (!interactive) {
    const args = execArgs(id, command, { interactive: false, tty: false });
    const { code, stdout, stderr } = await client.call(args, {
      timeoutMs: timeout === undefined ? null : timeout * 1000,
    });
    return { code, stdout, stderr };
  }
  const tty = client.isTerminal();
  const args = execArgs(id, command, { interactive: true, tty });
  return { code: await client.attach(args), stdout: "", stderr: "" };
}
