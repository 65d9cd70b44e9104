/** Random configurations, random hosts, and a host that does what a plan says. */
import type { Need, SessionDefinition } from "../../../src/config/model.ts";
import { Condition } from "../../../src/config/model.ts";
import {
  SessionConfig,
  SessionState,
  type SessionStatus,
  sessionStatus,
} from "../../../src/core/definition.ts";
import { Act, type Actual, type Step } from "../../../src/plan/plan.ts";

/** What is defined, by name. */
export type Definitions = Map<string, SessionDefinition>;

/** A definition of a session on tmux. */
export function defined(
  name: string,
  needs: readonly (string | (Partial<Need> & Pick<Need, "name">))[] = [],
): SessionDefinition {
  return {
    config: new SessionConfig({ name, command: "sleep 1" }),
    socketName: null,
    needs: needs.map((need) => ({
      condition: Condition.STARTED,
      required: true,
      restart: false,
      ...(typeof need === "string" ? { name: need } : need),
    })),
  };
}

/** Definitions by name. */
export function definitionsOf(...all: SessionDefinition[]): Definitions {
  return new Map(all.map((it) => [it.config.name, it]));
}

/** A session as it is on the host. */
export function actual(
  name: string,
  state: SessionState = SessionState.RUNNING,
  more: Partial<Omit<Actual, "status">> & {
    readonly status?: Partial<SessionStatus>;
  } = {},
): Actual {
  const status = sessionStatus({
    name,
    state,
    backend: "tmux",
    managed: true,
    ...more.status,
  });
  return { changed: [], isOrphan: false, isOthers: false, ...more, status };
}

/** A random number generator that gives the same numbers for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

/** Up to twelve sessions, each of which may need some of those before it. */
export function randomDefinitions(random: () => number): Definitions {
  const names = Array.from(
    { length: 1 + Math.floor(random() * 12) },
    (_, i) => `s${i}`,
  );
  const shuffled = names.toSorted(() => random() - 0.5);
  const conditions = Object.values(Condition);
  const all = shuffled.map((name, i) =>
    defined(
      name,
      shuffled.slice(0, i).filter(() => random() < 0.3).map((need) => ({
        name: need,
        condition: conditions[Math.floor(random() * conditions.length)]!,
        restart: random() < 0.3,
        required: random() < 0.8,
      })),
    )
  );
  return definitionsOf(...all.toSorted(() => random() - 0.5));
}

/** Any of them running, ended or missing, as defined or not, and a stranger. */
export function randomHost(
  definitions: Definitions,
  random: () => number,
): Actual[] {
  const states = [
    SessionState.RUNNING,
    SessionState.EXITED,
    SessionState.DEFINED,
    SessionState.STOPPED,
  ];
  return [
    actual("stranger", SessionState.RUNNING, { status: { managed: false } }),
    ...[...definitions.keys()].filter(() => random() < 0.7).map((name) =>
      actual(name, states[Math.floor(random() * states.length)], {
        changed: random() < 0.3 ? ["command"] : [],
        status: { exitCode: random() < 0.5 ? 0 : 1 },
      })
    ),
  ];
}

/** The host after a step. */
export function after(host: readonly Actual[], step: Step): Actual[] {
  const others = host.filter(({ status }) => status.name !== step.name);
  return step.act === Act.STOP ? others : [...others, actual(step.name)];
}
