// The genuine types infer a type for every flag from the options. Here a flag
// is `unknown`: code that narrows it before use is right under both.

export type Args = Record<string, unknown> & { _: Array<string | number> };

type Names = string | readonly string[];

export interface ParseOptions {
  "--"?: boolean;
  alias?: Partial<Record<string, Names>>;
  boolean?: boolean | Names;
  default?: Record<string, unknown>;
  stopEarly?: boolean;
  string?: Names;
  collect?: Names;
  negatable?: Names;
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

export declare function parseArgs(
  args: readonly string[],
  options: ParseOptions & { "--": true },
): Args & { "--": string[] };
export declare function parseArgs(
  args: readonly string[],
  options?: ParseOptions,
): Args;
