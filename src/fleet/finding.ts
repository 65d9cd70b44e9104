/** Finds the one session that a name means, for what acts on it. */
import type { SessionDefinition } from "../config/model.ts";
import { SessionNotFoundError } from "../core/errors.ts";
import type { Place } from "../core/place.ts";
import { BackendType } from "../core/status.ts";
import { isWithin, ownFields } from "../engines/registry.ts";
import type { Seen } from "../engines/runner.ts";
import { memoryOf } from "../state/memory.ts";
import {
  askFirst,
  askTogether,
  locateOrRemember,
  NO_MEMORY,
  runtimeOf,
} from "./resolve.ts";
import type { FindOptions, SessionManagerOptions } from "./session_options.ts";
import { definedStatus, survey } from "./survey.ts";

/** A session that was found, or is taken for one. */
export interface Found {
  /** What defines it, if that decided. */
  readonly definition: SessionDefinition | null;
  /** Where it is, was, or is to be. */
  readonly place: Place;
  /** What was found of it, if it is to be acted on as it was found. */
  readonly seen: Seen | null;
  /** Why it was not found, where its tmux server may have lost it. */
  readonly unknown: SessionNotFoundError | null;
  /** How it is reached. */
  readonly world: Pick<
    SessionManagerOptions,
    "tmuxBinary" | "host" | "notify" | "stateFolder" | "warn"
  >;
}

/** What does for a name what `SessionManager.finder` says. */
export function finding(
  {
    config = null,
    notify,
    lost = false,
    asFound = false,
    capability,
    remembered = true,
    stateFolder,
    warn,
    ...rest
  }: FindOptions,
): (name: string) => Promise<Found> {
  const scope = {
    ...rest,
    tmuxBinary: rest.tmuxBinary ?? config?.tmuxBinary,
    engines: rest.engines ?? config?.engines,
  };
  const memory = memoryOf({ stateFolder, warn });
  const { tmuxBinary, host } = scope;
  const world = { tmuxBinary, host, notify, ...memory };
  const lookBack = remembered ? memory : NO_MEMORY;
  // What was seen is of no use without what was remembered before.
  const isSeen = asFound && lookBack.stateFolder === memory.stateFolder;
  const uses = { config, stateFolder: memory.stateFolder };
  const ask = askTogether((scope) => survey(scope, uses));
  const found = (known: Partial<Found> & Pick<Found, "place">): Found => ({
    definition: null,
    unknown: null,
    world,
    ...known,
    seen: isSeen ? known.seen ?? null : null,
  });

  return async (name) => {
    const definition = config?.sessions.get(name);
    if (definition && isWithin(definedStatus(definition), scope)) {
      const { runtime, seen } = await runtimeOf(
        definition,
        scope,
        lookBack,
        ask,
      );
      const own = ownFields(definition.config, definition.socketName);
      const place = { ...own, runtime: runtime ?? null };
      return found({ definition, place, seen });
    }
    try {
      const { place: { backend, socketName, runtime }, seen } =
        await locateOrRemember(
          name,
          scope,
          lookBack,
          capability === undefined ? ask : askFirst(capability, name, ask),
          config?.sessions.keys(),
        );
      return found({ place: { backend, socketName, runtime }, seen });
    } catch (error) {
      const { socketName = null } = scope;
      const place = { backend: BackendType.TMUX, socketName, runtime: null };
      const isUnknown = error instanceof SessionNotFoundError;
      if (!lost || !isUnknown || !isWithin(place, scope)) throw error;
      return found({ place, unknown: error });
    }
  };
}
