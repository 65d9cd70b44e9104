/**
 * Thousands of damaged configurations, each read by ops and by an independent
 * parser of YAML 1.2: what one refuses the other refuses, and what both read
 * they read alike.
 */
import { assertEquals, equal } from "@std/assert";
import { parseDocument } from "../../src/config/parse.ts";
import { SessionConfigError } from "../../src/core/errors.ts";
import { peerOrNull } from "../helpers/yaml_peer.ts";
import { plain } from "../unit/config/fixture.ts";

const TRIES = 4_000;

const SAMPLES = [
  Deno.readTextFileSync(new URL("../../kstlib.conf.yml", import.meta.url)),
  `include: conf.d/more.yml # below
ops:
  default_backend: tmux
  log_max_size: 10MiB
  sessions:
    bot:
      command: python bot.py 2>&1 | tee bot.log # a shell command
      working_dir: ./bot
      env: { BOT_MODE: paper, B: "two words", C: 'it''s', D: 010, E: 0b11 }
      restart: on-failure:5
      stop_timeout: 30
    web: &web
      backend: container
      image: docker.io/library/nginx:1.27
      command: [nginx, -g, "daemon off;"]
      ports:
        - "127.0.0.1:8080:80"
        - 22:22
      volumes: ["./site:/usr/share/nginx/html:ro"]
    long:
      command: |
        echo one
          two # no comment
        \techo three

      env:
        TEXT: "a folded \t
          text \\
          over

          lines"
        SINGLE: 'also\x20
          folded'
        PLAIN: a plain
          text goes on
        FOLD: >-
          folded
          text
    "quoted key": { a: 1_0, b: 0o10, c: 1.50, d: ~ }
    other: { <<: *web, image: x }
    list:
    - a
    -  b: 1
       c: 2
`,
];

// deno-fmt-ignore
const PIECES = [
  "\t", " ", "  ", "'", '"', "#", " #", ":", ": ", "- ", "[", "]", "{", "}", ",",
  "\n", "\n\n", "\n  ", "|", ">", "&a ", "*a", "!!str ", "? ", "%", "@", "---",
  "...", "\\", "~", "null", "0o10", "-", "010", "\r\n",
];

/**
 * What no configuration has and @std/yaml reads otherwise or not at all: keys
 * that are empty, explicit, aliased or have properties, a second document, an
 * alias of nothing, an empty line behind a break that a backslash takes away.
 */
const RARE =
  /^[ \t]*(?:- +)*(?:[:?]|[&!]\S*)(?:[ \t]|$)|^(?:---|\.\.\.)|\*a|(?<!: )\*web|[[{,] *[?:]|&a .*:|\\\n[ \t]*\n/m;
/** YAML allows a tab before a comment and in an empty line; that parser not. */
const TAB_BEFORE_NOTHING = /^ *\t[ \t]*(?:#|$)/m;

/** The same numbers in every run. */
function randomFrom(seed: number): (below: number) => number {
  return (below) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (seed >> 8) % below;
  };
}

function damage(text: string, random: (below: number) => number): string {
  for (let n = 1 + random(2); n > 0; n--) {
    const at = random(text.length);
    const piece = PIECES[random(PIECES.length)]!;
    const lines = text.split("\n");
    const line = random(lines.length);
    text = [
      () => text.slice(0, at) + piece + text.slice(at),
      () => text.slice(0, at) + text.slice(at + 1 + random(3)),
      () => text.slice(0, at) + piece + text.slice(at + 1),
      () => lines.with(line, `  ${lines[line]}`).join("\n"),
      () => lines.with(line, lines[line]!.replace(/^ {1,2}/, "\t")).join("\n"),
      () => lines.with(line, lines[line]!.replace(/^ {1,2}/, "")).join("\n"),
    ][random(6)]!();
  }
  return text;
}

/** What ops makes of a text, or why it refuses it. */
function readByUs(text: string): Record<string, unknown> | string {
  try {
    const origin = { path: "/x/ops.yml", label: "ops.yml" };
    const { ops, include } = parseDocument(text, origin);
    return { include: plain(include), ops: plain(ops) };
  } catch (error) {
    if (error instanceof SessionConfigError) return error.message;
    throw error;
  }
}

const peer = await peerOrNull();

Deno.test({
  name: `${TRIES} damaged configurations, as another parser reads them`,
  ignore: peer === null,
  fn() {
    const random = randomFrom(20261127);
    const counts = { read: 0, refused: 0 };
    const disagreements: unknown[] = [];
    for (let i = 0; i < TRIES; i++) {
      const text = damage(SAMPLES[i % 2]!, random);
      const ours = readByUs(text);
      const theirs = peer!(text);
      if (typeof ours === "string") counts.refused++;
      else counts.read++;
      const isAlike = typeof ours === "string"
        ? theirs === null || RARE.test(text)
        : theirs === null
        ? TAB_BEFORE_NOTHING.test(text)
        : equal(ours, theirs) || RARE.test(text);
      if (!isAlike) disagreements.push({ text, ours, theirs });
    }
    assertEquals(disagreements.slice(0, 3), []);
    // A damage that never shows, or always does, would prove nothing.
    assertEquals(Math.min(counts.read, counts.refused) > TRIES / 5, true);
  },
});
