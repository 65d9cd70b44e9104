/**
 * Finds out how the previous attempt ended, of a container that its engine
 * restarts. While the next attempt runs, only the engine's events tell.
 */
import { EngineTimeoutError } from "../../core/errors.ts";
import { lastEndText, type SessionStatus } from "../../core/status.ts";
import { QUESTION_MS } from "../../host/local/local.ts";
import { eventsArgs } from "./args.ts";
import type { ContainerClient } from "./client.ts";
import type { Container } from "./parse.ts";

/** How long before the recorded end its event may lie, in ms. */
const EVENT_SLACK_MS = 2_000;

/** The parts of an event that tell how a container ended. */
interface EndEvent {
  /** Podman's form: the exit code, left out if it is 0, and the time. */
  readonly ContainerExitCode?: number;
  readonly Time?: string;
  /** Docker's form. */
  readonly Actor?: { readonly Attributes?: { readonly exitCode?: string } };
}

/**
 * The exit code of the previous attempt; `null`: there is none, or it is not
 * known.
 */
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

/** The status, with the end of the previous attempt. */
export async function withLastEnd(
  client: ContainerClient,
  container: Container,
): Promise<SessionStatus> {
  const { status, before } = container;
  // If inspecting told the exit code, the detail has it already.
  if (before === null || before.exitCode !== null) return status;
  const exitCode = await lastExitCode(client, container);
  return exitCode === null ? status : {
    ...status,
    detail: lastEndText(status.detail, { exitCode, signal: null }),
  };
}

/** The status is useful without the exit code of a slow engine. */
function ifSlow(error: unknown): null {
  if (error instanceof EngineTimeoutError) return null;
  throw error;
}
