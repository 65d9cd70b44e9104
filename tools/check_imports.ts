/**
 * Holds the published modules to the rules of import, which keep the tree one
 * that can be read from the bottom up: `deno run --allow-read` this file.
 */

/**
 * The floors of the house, from the bottom up: a room may import what is on the
 * floors below it.
 */
const FLOORS = ["core", "host", "state", "engines", "fleet", "plan", "cli"];

/** The rooms below a floor. */
function below(floor: string): string[] {
  return FLOORS.slice(0, FLOORS.indexOf(floor));
}

/** The one module that knows all engines. */
const REGISTRY = "engines/registry.ts";
const ENGINES = ["engines/tmux", "engines/container"];

/** What each room, a folder of `src/`, may import besides itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: below("core"),
  host: below("host"),
  state: below("state"),
  engines: below("engines"),
  // No engine knows another one.
  "engines/tmux": [...below("engines"), "engines"],
  "engines/container": [...below("engines"), "engines"],
  [REGISTRY]: [...below("engines"), "engines", ...ENGINES],
  // Where its files are is in variables of the host.
  config: ["core", "host"],
  fleet: [...below("fleet"), REGISTRY, "config"],
  plan: [...below("plan"), REGISTRY, "config"],
  // It looks at every engine from the inside.
  doctor: [...below("plan"), "config", REGISTRY, ...ENGINES],
  cli: [...below("cli"), "config", "doctor", REGISTRY, "deno.json"],
  "cli.ts": ["cli"],
  "mod.ts": [...below("cli"), "config", "doctor", REGISTRY, ...ENGINES],
};

/** Published code has these dependencies, and no others. */
const DEPENDENCY = /^@std\/(cli|fmt|path|text|yaml)(\/|$)/;

/** What only some rooms may do. */
const RESERVED = [
  {
    code: /\bconsole\s*\./,
    rooms: ["cli"],
    why: "only src/cli speaks to the user",
  },
  {
    code: /\bDeno\s*\.\s*exit\b/,
    rooms: ["cli", "cli.ts", "mod.ts"],
    why: "only the command line ends the process; elsewhere, throw",
  },
  {
    code: /\bDeno\s*\.\s*(Command|kill)\b/,
    rooms: ["host"],
    why: "only src/host starts or signals processes",
  },
  {
    code: /\bDeno\s*\.\s*(connect|connectTls)\b|(?<![.\w])fetch\s*\(/,
    rooms: ["host"],
    why: "only src/host opens connections",
  },
];

interface Import {
  line: number;
  specifier: string;
  dynamic: boolean;
}

/**
 * Returns a line for every violation, from sources by their paths in the
 * repository.
 */
export function checkImports(sources: Record<string, string>): string[] {
  const violations: string[] = [];
  const graph = new Map<string, string[]>();

  for (const [path, source] of Object.entries(sources)) {
    const room = roomOf(path);
    const allowed = MAY_IMPORT[room];
    if (!allowed) {
      violations.push(`${path}:1: a new room: give it a row in MAY_IMPORT`);
      continue;
    }
    graph.set(path, []);
    for (const { line, specifier, dynamic } of importsOf(source)) {
      const report = (why: string) =>
        violations.push(`${path}:${line}: imports ${specifier}: ${why}`);

      if (!specifier.startsWith(".")) {
        if (!DEPENDENCY.test(specifier)) report("not one of our dependencies");
        continue;
      }
      const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
      const targetRoom = roomOf(target);
      // Run as a program, the library hands over to the command line.
      const handsOver = dynamic && path === "mod.ts" &&
        ["cli", "cli.ts"].includes(targetRoom);
      if (targetRoom !== room && !allowed.includes(targetRoom) && !handsOver) {
        report(`${room} may import only ${allowed.join(", ") || "itself"}`);
      }
      // What is loaded later, or is a mere type, closes a circle too.
      if (!handsOver) graph.get(path)!.push(target);
    }

    blank(source, true).split("\n").forEach((line, index) => {
      for (const { code, rooms, why } of RESERVED) {
        const [found] = line.match(code) ?? [];
        if (found && !rooms.includes(room)) {
          violations.push(`${path}:${index + 1}: uses ${found}: ${why}`);
        }
      }
    });
  }

  for (const circle of circlesOf(graph)) {
    violations.push(`${circle[0]}:1: in a circle: ${circle.join(" → ")}`);
  }
  return violations;
}

/** `src/engines/tmux/args.ts` → `engines/tmux`, `src/core/paths.ts` → `core`. */
function roomOf(path: string): string {
  const [, room, inner] = /^src\/([a-z]+)\/([a-z]+(?=\/)|registry\.ts$)?/
    .exec(path) ?? [];
  if (room === undefined) return path;
  const deeper = `${room}/${inner}`;
  return deeper in MAY_IMPORT ? deeper : room;
}

/** Comments, then literals: regular expressions, strings, templates. */
const NOT_CODE = new RegExp(
  [
    /(?<comment>\/\/.*|\/\*[^]*?\*\/)/,
    /(?<=[(,=:[!&|?{};]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//,
    /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[^]|[^`\\])*`/,
  ].map(({ source }) => source).join("|"),
  "g",
);

/** Blanks comments, and literals too if asked; every line stays where it is. */
function blank(source: string, literals: boolean): string {
  return source.replace(
    NOT_CODE,
    (token, comment) =>
      comment || literals ? token.replace(/[^\n]/g, " ") : token,
  );
}

/** The import and export statements and the `import()` calls of a source. */
function importsOf(source: string): Import[] {
  const text = blank(source, false);
  const forms = [
    {
      dynamic: false,
      form: /^\s*(?:import|export)\b(?:[^"';=()]*\bfrom)?\s*["'](.+?)["']/gm,
    },
    { dynamic: true, form: /\bimport\s*\(\s*["'`](.+?)["'`]/g },
  ];
  return forms.flatMap(({ dynamic, form }) =>
    [...text.matchAll(form)].map(({ 0: all, 1: specifier = "", index }) => ({
      specifier,
      dynamic,
      line: text.slice(0, index + all.length).split("\n").length,
    }))
  );
}

/** Every circle once, from the file where the walk entered it. */
function circlesOf(graph: Map<string, string[]>): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) circles.push([...trail.slice(start), path]);
    if (start >= 0 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return circles;
}

/** The modules at `path`, a file or a folder. */
function modulesAt(path: string): string[] {
  if (!Deno.statSync(path).isDirectory) {
    return path.endsWith(".ts") ? [path] : [];
  }
  return [...Deno.readDirSync(path)].flatMap(({ name }) =>
    modulesAt(`${path}/${name}`)
  );
}

if (import.meta.main) {
  const paths = ["mod.ts", "cli.ts", "src"].flatMap(modulesAt);
  const violations = checkImports(
    Object.fromEntries(
      paths.map((path) => [path, Deno.readTextFileSync(path)]),
    ),
  );
  for (const violation of violations) console.error(violation);
  console.error(
    `import rules: ${paths.length} modules, violations: ${violations.length}`,
  );
  if (violations.length > 0) Deno.exit(1);
}
