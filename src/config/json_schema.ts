/**
 * The configuration as a JSON Schema, for editors and for checks elsewhere. It
 * has a row for every key of `schema.ts`, `session.ts`, `needs.ts`, `ready.ts`
 * and `groups.ts`; what holds between several sessions or files only ops itself
 * can tell.
 */
import { BackendType, ContainerRuntime, ENGINE_NAMES } from "../core/status.ts";
import { LogMode, STOP_SIGNALS } from "../core/lifecycle.ts";
import { IMAGE_FORM } from "../core/validate/image.ts";
import {
  ENV_NAME,
  MAX_ENTRIES,
  MAX_NAME_LENGTH,
  MAX_TIMEOUT_SECONDS,
  NAME,
} from "../core/validate/fields.ts";
import {
  MAX_LOG_FILES,
  MAX_LOG_MAX_SIZE,
  MIN_LOG_MAX_SIZE,
} from "../core/validate/lifecycle.ts";
import { SESSION_KEY_ROWS } from "./keys.ts";
import { allWithVariables, type JsonSchema } from "./json_schema_variables.ts";
import { MAX_REPLICAS } from "./replicas.ts";
import { Condition } from "./model.ts";
import { PROBES, type Readiness } from "../core/ready.ts";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** A text that is not empty. */
const TEXT = { type: "string", minLength: 1 };
const GROUP_NAME = { pattern: NAME.source, maxLength: MAX_NAME_LENGTH };
const TEXT_OR_NUMBER = { type: ["string", "number"] };
const LOG: JsonSchema = { enum: [...Object.values(LogMode), null] };
const RUNTIME: JsonSchema = {
  enum: [...Object.values(ContainerRuntime), null],
};
const BACKEND: JsonSchema = { enum: [...Object.values(BackendType), null] };
const BOOLEAN: JsonSchema = { type: ["boolean", "null"] };

const LOG_MAX_SIZE: JsonSchema = {
  type: ["integer", "string", "null"],
  minimum: MIN_LOG_MAX_SIZE,
  maximum: MAX_LOG_MAX_SIZE,
  pattern: "^(?:0|[1-9][0-9]*)(?: ?(?:[kKmMgGtT](?:[iI]?[bB])?|[bB]))?$",
};
const LOG_FILES: JsonSchema = {
  type: ["integer", "null"],
  minimum: 1,
  maximum: MAX_LOG_FILES,
};

const MOUNT: JsonSchema = {
  type: ["string", "null"],
  pattern: "^(?:[./][^:]*|~(?:/[^:]*)?|[a-zA-Z0-9][a-zA-Z0-9_.-]+)" +
    ":/[^:]*(?::[^:]+)?$",
};
const RANGE = "[0-9]+(?:-[0-9]+)?";
const PROTOCOL = ["tcp", "udp", "sctp"].map(inAnyCase).join("|");

/** A text of letters, in whatever case. */
function inAnyCase(text: string): string {
  return text.replace(
    /[a-z]/gi,
    (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`,
  );
}

/** A list of at most as many items as a session may have. */
function listOf(items: JsonSchema): JsonSchema {
  return { type: ["array", "null"], items, maxItems: MAX_ENTRIES };
}

/** A mapping that may be left empty, and has no other keys. */
function mappingOf(properties: Readonly<Record<string, JsonSchema>>) {
  return { type: ["object", "null"], properties, additionalProperties: false };
}

const URL_FORM = { pattern: "^[hH][tT][tT][pP][sS]?:/*[^/]" };

/** What each key of `ready` can be. */
const PROBE_SCHEMAS: Readonly<Record<keyof Readiness, JsonSchema>> = {
  log: {
    description: "A regular expression that a line of its output matches.",
    type: ["string", "null"],
    minLength: 1,
  },
  port: {
    description: "A TCP port of this host that takes connections.",
    type: ["integer", "null"],
    minimum: 1,
    maximum: 65_535,
  },
  http: {
    description: "An address that answers with 2xx, or with that status.",
    type: ["string", "object", "null"],
    ...URL_FORM,
    properties: {
      url: { type: "string", ...URL_FORM },
      status: { type: ["integer", "null"], minimum: 100, maximum: 599 },
    },
    required: ["url"],
    additionalProperties: false,
  },
  command: {
    description: "A program that exits with 0, as its exact argv.",
    type: ["array", "null"],
    minItems: 1,
    maxItems: MAX_ENTRIES,
    prefixItems: [{ ...TEXT_OR_NUMBER, minLength: 1 }],
    items: TEXT_OR_NUMBER,
  },
  timeout: {
    description: "For how many seconds it is waited for at most (60).",
    type: ["number", "null"],
    minimum: 0,
    maximum: MAX_TIMEOUT_SECONDS,
  },
  interval: {
    description: "How many seconds lie between two looks (0.5).",
    type: ["number", "null"],
    minimum: 0.05,
    maximum: 3600,
  },
};

const SIGNAL_NAMES = STOP_SIGNALS.map((it) => it.slice("SIG".length));

/** A file with variables: its path, or with whether it must be there. */
const ENV_FILE = {
  minLength: 1,
  ...mappingOf({
    path: { type: "string", minLength: 1 },
    required: BOOLEAN,
  }),
  required: ["path"],
};

/** What each key of a session can be, with a line for editors to show. */
export const SESSION_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  backend: {
    description: "Where it lives. Unset: a container if there is an image, " +
      "else ops.default_backend.",
    ...BACKEND,
  },
  command: {
    description: "A text is a shell command under tmux, and split by POSIX " +
      "quoting rules for a container; a list is the exact argv.",
    // To be empty it must be left out.
    type: ["string", "array"],
    pattern: "\\S",
    minItems: 1,
    maxItems: MAX_ENTRIES,
    prefixItems: [{ ...TEXT_OR_NUMBER, minLength: 1 }],
    items: TEXT_OR_NUMBER,
  },
  working_dir: {
    description: "Under tmux a folder, relative to this file; in a container " +
      "an absolute path inside it.",
    type: ["string", "null"],
    minLength: 1,
  },
  env: {
    description: "Environment variables.",
    type: ["object", "null"],
    propertyNames: { pattern: ENV_NAME.source },
    additionalProperties: TEXT_OR_NUMBER,
    maxProperties: MAX_ENTRIES,
  },
  image: {
    description: "The image of a container: [host[:port]/]name[:tag][@digest].",
    type: ["string", "null"],
    pattern: IMAGE_FORM,
  },
  volumes: {
    description: "Mounts: host:container[:options], the host's side relative " +
      "to this file; without a slash or dot in front it is a volume.",
    ...listOf({ ...MOUNT, type: "string" }),
  },
  ports: {
    description: "Published ports: [address:][host:]container[/protocol].",
    ...listOf({
      type: ["string", "integer"],
      pattern: `^(?:(?:.*:)?(?:${RANGE})?:)?${RANGE}(?:/(?:${PROTOCOL}))?$`,
      minimum: 1,
      maximum: 65_535,
    }),
  },
  runtime: {
    description: "Unset: ops.container_runtime, or Podman, then Docker.",
    ...RUNTIME,
  },
  log_volume: {
    description: "A mount for logs, host:container; its folder is made.",
    ...MOUNT,
  },
  init: {
    description: "Whether a small init is the container's first process " +
      "(true); false for an image with an init of its own.",
    ...BOOLEAN,
  },
  log: {
    description: "Where its output is kept. Unset: ops.log, or file, but " +
      "none for an interactive shell.",
    ...LOG,
  },
  log_max_size: {
    description: "The size of one log file: bytes, or k, M, G (of 1024).",
    ...LOG_MAX_SIZE,
  },
  log_files: { description: "How many log files are kept.", ...LOG_FILES },
  stop_signal: {
    description: "What a stop begins with. Unset: INT under tmux, the " +
      "image's own in a container.",
    anyOf: [
      { enum: [...SIGNAL_NAMES, ...STOP_SIGNALS, null] },
      {
        type: "string",
        pattern: `^(?:${inAnyCase("SIG")})?(?:${
          SIGNAL_NAMES.map(inAnyCase).join("|")
        })$`,
      },
    ],
  },
  stop_timeout: {
    description: "How many seconds a stop lets it clean up. Unset: 10.",
    type: ["number", "null"],
    minimum: 0,
    maximum: MAX_TIMEOUT_SECONDS,
  },
  restart: {
    description: "When it is started again after it ended. Unset: no.",
    anyOf: [
      { enum: ["no", "on-failure", "always", "unless-stopped", null] },
      { type: "string", pattern: "^on-failure:0*(?:[1-9][0-9]{0,2}|1000)$" },
    ],
  },
  socket_name: {
    description: "The label of the tmux socket (tmux -L).",
    type: ["string", "null"],
    pattern: "^(?!\\.{1,2}$)[^/\\u0000\\n]+$",
    maxLength: MAX_NAME_LENGTH,
  },
  env_file: {
    description: "Dotenv files with environment variables, relative to this " +
      "file; one that may be missing ends in ?, or has required: false.",
    ...ENV_FILE,
    type: ["string", "object", "array", "null"],
    items: { ...ENV_FILE, type: ["string", "object"] },
    maxItems: MAX_ENTRIES,
  },
  depends_on: {
    description: "What ops up starts first: names, or names with what is " +
      "waited for.",
    type: ["array", "object", "null"],
    items: TEXT,
    additionalProperties: mappingOf({
      condition: { enum: [...Object.values(Condition), null] },
      required: BOOLEAN,
      restart: BOOLEAN,
    }),
  },
  ready: {
    description: "When others can use it: all of these. Unset: by its health " +
      "check, if it has one, else when it is started.",
    ...mappingOf(PROBE_SCHEMAS),
    anyOf: PROBES.map((probe) => ({
      required: [probe],
      properties: { [probe]: { not: { type: "null" } } },
    })),
  },
  success_exit_codes: {
    description: "The exit codes that are no failure (0).",
    type: ["array", "null"],
    items: { type: "integer", minimum: 0, maximum: 255 },
    minItems: 1,
  },
  group: {
    description: "The groups that it is in: @bots means all that are in bots.",
    type: ["string", "array", "null"],
    ...GROUP_NAME,
    items: { type: "string", ...GROUP_NAME },
  },
  replicas: {
    description: "How many sessions NAME-1, NAME-2 … are made from it.",
    type: ["integer", "null"],
    minimum: 1,
    maximum: MAX_REPLICAS,
  },
};

/** What each key of `ops` can be. */
export const OPS_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  name: {
    description: "By what the sessions that it starts are known as its own. " +
      "Unset: its path.",
    type: ["string", "null"],
    minLength: 1,
  },
  engines: {
    description: "The engines that are asked; no others are.",
    type: ["array", "null"],
    items: { enum: ENGINE_NAMES },
    minItems: 1,
  },
  default_backend: {
    description: "The backend of sessions that name none (tmux).",
    ...BACKEND,
  },
  tmux_binary: {
    description: "The tmux program.",
    type: ["string", "null"],
    minLength: 1,
  },
  container_runtime: {
    description: "The runtime of containers that name none. Unset: Podman, " +
      "then Docker.",
    ...RUNTIME,
  },
  log: {
    description: "Where the output of sessions is kept. Unset: file, but " +
      "none for interactive shells.",
    ...LOG,
  },
  log_max_size: {
    description: "The size of one log file: bytes, or k, M, G (10 MiB).",
    ...LOG_MAX_SIZE,
  },
  log_files: {
    description: "How many log files of a session are kept (5).",
    ...LOG_FILES,
  },
  defaults: {
    description: "What holds for every session that says nothing else; env " +
      "is merged by name.",
    $ref: "#/$defs/keys",
  },
  sessions: {
    description: "The sessions, by name.",
    type: ["object", "null"],
    propertyNames: { pattern: NAME.source, maxLength: MAX_NAME_LENGTH },
    additionalProperties: { $ref: "#/$defs/session" },
  },
  groups: {
    description: "Groups, by name: the names of sessions, or patterns such " +
      "as bot-*.",
    type: ["object", "null"],
    propertyNames: GROUP_NAME,
    additionalProperties: {
      ...TEXT,
      type: ["string", "array"],
      items: TEXT,
      minItems: 1,
    },
  },
};

/** What is no key of the other kind of engine must be left empty. */
function without(keys: readonly string[]): Record<string, JsonSchema> {
  return Object.fromEntries(keys.map((key) => [key, { type: "null" }]));
}

function isBackend(backend: BackendType): JsonSchema {
  return { required: ["backend"], properties: { backend: { const: backend } } };
}

/** The schema as a file. */
export function schemaText(): string {
  return `${JSON.stringify(configSchema(), null, 2)}\n`;
}

/** The schema of a whole file. */
export function configSchema(): JsonSchema {
  const ofContainers = Object.entries(SESSION_KEY_ROWS)
    .filter(([, { only }]) => only === BackendType.CONTAINER)
    .map(([key]) => key);
  return {
    $schema: DIALECT,
    title: "kstlib.conf.yml, as ops reads it",
    type: ["object", "null"],
    properties: {
      include: {
        description: "Files to merge underneath this one, relative to it.",
        type: ["string", "array", "null"],
        pattern: INCLUDED,
        items: { type: "string", pattern: INCLUDED },
      },
      ops: mappingOf(allWithVariables(OPS_SCHEMAS)),
    },
    $defs: {
      keys: mappingOf(allWithVariables(SESSION_SCHEMAS)),
      session: {
        $ref: "#/$defs/keys",
        allOf: [
          {
            if: isBackend(BackendType.TMUX),
            then: { properties: without(ofContainers) },
          },
          {
            if: isBackend(BackendType.CONTAINER),
            then: {
              properties: {
                ...without(["socket_name"]),
                working_dir: { pattern: "^/|\\$\\{" },
              },
            },
          },
        ],
      },
    },
  };
}

const INCLUDED = "^(?![/~])(?!\\.\\.(?:/|$)).*\\.(?:ya?ml|json)$";
