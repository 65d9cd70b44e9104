/** `ops config`: the configuration as it holds. */
import { loadWithTree } from "../../../config/load.ts";
import { below } from "../../../config/position.ts";
import { resolvedOps } from "../../../config/resolved.ts";
import {
  type Writable,
  type Written,
  yamlText,
} from "../../../config/yaml_text.ts";
import { ExitCode } from "../../errors.ts";
import { safeJson } from "../../render/json.ts";
import type { Context } from "../../shell/context.ts";
import { configOf } from "../../shell/configuration.ts";
import { note } from "../../shell/report.ts";

/** What is wanted. */
export interface ShowOptions {
  /** The file that is named. */
  readonly file: string | undefined;
  /** Whether to say where each value comes from. */
  readonly origin: boolean;
}

/** Prints the configuration; returns the exit code. */
export async function showConfig(
  context: Context,
  { file, origin }: ShowOptions,
): Promise<number> {
  let shown: Map<string, Written> = new Map();
  await configOf(context, file, (options) => {
    const { config, ops } = loadWithTree(options);
    shown = resolvedOps(ops, config);
    if (config.files.length === 0) {
      note("There is no configuration file: these are the defaults.", context);
    }
    return Promise.resolve(config);
  });
  const root = new Map([["ops", { value: shown }]]);
  context.stdout.write(
    context.json
      ? `${safeJson(toData(root, origin))}\n`
      : yamlText(origin ? root : withoutRemarks(root)),
  );
  return ExitCode.DONE;
}

function toData(
  root: ReadonlyMap<string, Written>,
  origin: boolean,
): Record<string, unknown> {
  const data = plainEntries(root);
  return origin ? { ...data, origins: originsOf(root, "") } : data;
}

function plain(value: Writable): unknown {
  if (value instanceof Map) return plainEntries(value);
  return Array.isArray(value) ? value.map(plain) : value;
}

function plainEntries(
  entries: ReadonlyMap<string, Written>,
): Record<string, unknown> {
  return Object.fromEntries(
    Array.from(entries, ([key, { value }]) => [key, plain(value)]),
  );
}

/** Where each value comes from, by its key path. */
function originsOf(
  entries: ReadonlyMap<string, Written>,
  path: string,
): Record<string, string> {
  const origins = Array.from(entries, ([key, { value, remark }]) => {
    const own = below(path, key);
    const parts = value instanceof Map ? originsOf(value, own) : {};
    return remark === undefined ? parts : { [own]: remark, ...parts };
  });
  return Object.assign({}, ...origins);
}

function withoutRemarks(
  entries: ReadonlyMap<string, Written>,
): Map<string, Written> {
  return new Map(
    Array.from(entries, ([key, { value }]) => {
      return [key, {
        value: value instanceof Map ? withoutRemarks(value) : value,
      }];
    }),
  );
}
