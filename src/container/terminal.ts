/** What is done with a running container by hand: attach to it, run in it. */
import { SessionAttachError, SessionExecError } from "../errors.ts";
import { type AttachResult, SessionState } from "../models.ts";
import { attachArgs, execArgs } from "./args.ts";
import type { ContainerClient } from "./client.ts";
import type { Container } from "./parse.ts";

/** How a program is run in a container. */
export interface ExecOptions {
  /** Hand it our terminal instead of collecting its output. @default {false} */
  readonly interactive?: boolean | undefined;
}

/** What a program in a container did. */
export interface ExecResult {
  /** Its exit code. */
  readonly code: number;
  /** Its standard output; empty if it had our terminal. */
  readonly stdout: string;
  /** Its standard error; empty if it had our terminal. */
  readonly stderr: string;
}

/**
 * Hands the terminal to a container; see `ContainerRunner.attach`.
 *
 * @throws {SessionAttachError} If it is not running, or without a terminal.
 */
export async function attachTo(
  client: ContainerClient,
  { id, hasTerminal, status }: Container,
  notify: (text: string) => void,
): Promise<AttachResult> {
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
  if (!hasTerminal) {
    notify(
      `${name} has no terminal: you see its output, Ctrl-C leaves it running\n`,
    );
  }
  await client.attach(
    attachArgs(id, hasTerminal === true),
    { endOnInterrupt: !hasTerminal },
  );
  // The client's exit code does not tell what happened.
  const [after] = await client.inspect([id]);
  return {
    switched: false,
    ended: after?.status.state !== SessionState.RUNNING,
    exitCode: after?.status.exitCode ?? null,
    signal: null,
  };
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
  { interactive = false }: ExecOptions,
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
      timeoutMs: null,
    });
    return { code, stdout, stderr };
  }
  const tty = client.isTerminal();
  const args = execArgs(id, command, { interactive: true, tty });
  return { code: await client.attach(args), stdout: "", stderr: "" };
}
