/**
 * How the attempt before the present one ended, of a container that its engine
 * starts again. While the next one runs, only the engine's events tell.
 */
import { EngineTimeoutError } from "../../core/errors.ts";
import { lastEndText, type SessionStatus } from "../../core/status.ts";
import { QUESTION_MS } from "../../host/local/local.ts";
import { eventsArgs } from "./args.ts";
import type { ContainerClient } from "./client.ts";
import type { Container } from "./parse.ts";

/** This much before the recorded end its event may have been, in ms. */
const EVENT_SLACK_MS = 2_000;

/** What of an event tells how a container ended. */
interface EndEvent {
  /** As Podman tells it, which leaves out a 0; and when that was. */
  readonly ContainerExitCode?: number;
  readonly Time?: string;
  /** As Docker tells it. */
  readonly Actor?: { readonly Attributes?: { readonly exitCode?: string } };
}

/** The exit code of the attempt before; `null`: there is none, or no telling. */
export async function lastExitCode(
  client: ContainerClient,
  { id, before, status }: Container,
): Promise<number | null> {
  if (before === null || before.exitCode !== null) {
    return before?.exitCode ?? null;
  }
  if (status.startedAt === null) return null;
  const since = new Date(Date.parse(before.endedAt) - EVENT_SLACK_MS);
  const until = new Date(status.startedAt);
  const said = await client.call(
    eventsArgs(client.dialect, id, since, until),
    { timeoutMs: QUESTION_MS },
  ).catch(ifSlow);
  // Engines can be told to keep no events, and forget old ones.
  if (said?.code !== 0) return null;
  const event = said.stdout.split("\n").filter((line) => line.startsWith("{"))
    .map((line): EndEvent => JSON.parse(line))
    .findLast(({ Time }) => Time === undefined || new Date(Time) <= until);
  if (event === undefined) return null;
  const { Actor, ContainerExitCode } = event;
  return Number(Actor?.Attributes?.exitCode ?? ContainerExitCode ?? 0);
}

/** The status, which says how the attempt before ended. */
export async function withLastEnd(
  client: ContainerClient,
  container: Container,
): Promise<SessionStatus> {
  const { status, before } = container;
  // What is told with the state is in its detail already.
  if (before === null || before.exitCode !== null) return status;
  const exitCode = await lastExitCode(client, container);
  return exitCode === null ? status : {
    ...status,
    detail: lastEndText(status.detail, { exitCode, signal: null }),
  };
}

/** What is known does not depend on this. */
function ifSlow(error: unknown): null {
  if (error instanceof EngineTimeoutError) return null;
  throw error;
}
