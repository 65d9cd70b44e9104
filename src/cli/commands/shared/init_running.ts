/** `ops init --from-running`. */
import {
  type Draft,
  type Drafts,
  soundDrafts,
  withoutVariables,
} from "../../../config/draft.ts";
import { loadConfigLazily } from "../../../config/lazy.ts";
import type { LoadedConfig } from "../../../config/model.ts";
import type { Writable } from "../../../config/yaml_text.ts";
import type { Place } from "../../../core/place.ts";
import { differences, specOf } from "../../../core/spec.ts";
import {
  originalName,
  SessionState,
  type SessionStatus,
} from "../../../core/status.ts";
import type { Described } from "../../../engines/described.ts";
import { describedAt } from "../../../engines/registry.ts";
import { isOf } from "../../../plan/plan.ts";
import { listAll } from "../../../fleet/survey.ts";
import { configOrWarning } from "../../shell/configuration.ts";
import type { Context } from "../../shell/context.ts";
import { reportWarning } from "../../shell/report.ts";
import { type InitialConfig, initialConfigOf } from "./init_file.ts";

const NOTES = [
  "values of variables are not written: add env where a session needs it",
];

/**
 * Makes definitions of what runs.
 *
 * @param path The file that they are to be.
 * @throws {OpsError} If no engine answers, or nothing runs that can be defined.
 */
export async function fromRunning(
  context: Context,
  path: string,
): Promise<InitialConfig> {
  const config = await configOrWarning(context, undefined, loadConfigLazily);
  const { host } = context;
  const { sessions, warnings } = await listAll({ config, host });
  for (const warning of warnings) reportWarning(warning, context);
  const running = sessions.filter(({ state }) =>
    state === SessionState.RUNNING
  );
  const { wanted, refused } = withoutDefined(running, config);
  const scope = { host, tmuxBinary: config?.tmuxBinary };
  const described = await Promise.all(
    [...Map.groupBy(wanted, placeKey).values()]
      .map((there) => describedAt(there[0]!, there, scope)),
  );
  const drafts = described.flat().map(draftOf);
  const made = soundDrafts({ drafts, refused }, path);
  const sound = withoutForeign(made, wanted);
  return initialConfigOf("what runs", sound, NOTES);
}

function placeKey({ backend, socketName, runtime }: Place): string {
  return JSON.stringify([backend, socketName, runtime]);
}

/** Leaves out what a configuration defines that would be read as well. */
function withoutDefined(
  running: readonly SessionStatus[],
  config: LoadedConfig | null,
): { wanted: SessionStatus[]; refused: Map<string, string> } {
  const isDefined = (status: SessionStatus) =>
    config?.sessions.has(originalName(status)) ?? false;
  const defined = running.filter(isDefined);
  const files = config?.files.join(", ") ?? "";
  return {
    wanted: running.filter((it) => !isDefined(it)),
    refused: new Map(
      defined.map(({ name }) => [name, `it is defined already, in ${files}`]),
    ),
  };
}

function draftOf({ name, keys, leftOut }: Described): Draft {
  const escaped = Array.from(keys, ([key, value]): [string, Writable] => {
    if (key === "command" || typeof value === "number") return [key, value];
    return [
      key,
      typeof value === "string"
        ? withoutVariables(value)
        : value.map(withoutVariables),
    ];
  });
  return { name, keys: new Map(escaped), leftOut };
}

/**
 * Leaves out what another configuration has started and what would not be the
 * same from here: `ops up` would make it anew, without its variables.
 */
function withoutForeign(
  { drafts, refused, sessions }: ReturnType<typeof soundDrafts>,
  running: readonly SessionStatus[],
): Drafts {
  const kept: Draft[] = [];
  const foreign = new Map(refused);
  for (const draft of drafts) {
    const definition = sessions.get(draft.name);
    const status = definition && running.find((it) => isOf(it, definition));
    const spec = status?.spec ?? null;
    const differing = spec === null
      ? []
      : differences(spec, specOf(definition!));
    // What it does not set itself may be left out here as well.
    const unseen = differing.filter((key) => spec?.includes(` ${key}=`));
    if (unseen.length > 0) {
      foreign.set(
        draft.name,
        "another configuration defines it, and what it says cannot be seen " +
          `here (${unseen.join(", ")})`,
      );
      continue;
    }
    const keys = [...draft.keys].filter(([key]) => !differing.includes(key));
    kept.push({ ...draft, keys: new Map(keys) });
  }
  return { drafts: kept, refused: foreign };
}
