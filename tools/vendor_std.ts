/**
 * Fills `vendor/` with the `@std` packages that deno.json names, so that
 * everything works without a network afterwards.
 *
 * They come from JSR. Where JSR cannot be reached but npm can, as behind many
 * a company's proxy, they come from `deno-std`: the same release as plain
 * JavaScript, which is laid out here as Deno lays out what it gets from JSR.
 * What it lacks, types, is in `std_types/`, written by hand for the modules in
 * use: importing another one of `@std` takes a file more there.
 *
 * `denow` runs this while there is no `vendor/`: it must not import anything.
 */

const NPM_COPY = "deno-std@1.4.0";

/** The versions in `NPM_COPY` of the packages we use and those they import. */
const VERSIONS: Record<string, string> = {
  assert: "1.0.19",
  async: "1.5.0",
  cli: "1.0.32",
  data_structures: "1.1.2",
  fmt: "1.0.10",
  internal: "1.0.14",
  path: "1.1.6",
  text: "1.0.19",
  yaml: "1.2.0",
};

const root = decodeURIComponent(new URL("..", import.meta.url).pathname);
const typesDir = `${root}tools/std_types/`;

/** Fetches `@std` from JSR into `${temp}/vendor`: what our modules import. */
async function fromJsr(temp: string): Promise<void> {
  const { imports } = JSON.parse(Deno.readTextFileSync(`${root}deno.json`));
  const config = JSON.stringify({ imports, vendor: true, lock: false });
  Deno.writeTextFileSync(`${temp}/deno.json`, config);
  const modules = files(root).filter((path) => path.endsWith(".ts"))
    .map((path) => root + path);
  // Without --config it would be the deno.json next to the modules.
  const options = ["--config", "deno.json", "--no-check", "--entrypoint"];
  await deno(temp, "install", ...options, ...modules);
}

/** Fetches `@std` from npm and makes `${temp}/vendor` of it. */
async function fromNpm(temp: string): Promise<void> {
  const npm = ["--no-config", "--no-lock", "--node-modules-dir=auto"];
  await deno(temp, "cache", ...npm, `npm:${NPM_COPY}`);

  const untold = new Set(files(typesDir));
  for (const [name, version] of Object.entries(VERSIONS)) {
    const from = `${temp}/node_modules/deno-std/${name}/`;
    const to = `${temp}/vendor/jsr.io/@std/${kebab(name)}`;
    const exports: Record<string, string> = {};
    for (const path of files(from)) {
      let source = toJsrImports(`${name}/${path}`, read(from + path));
      // The three flavours of @std/path have the same types.
      const types = `${name}/${path.replace(/^(posix|windows)\//, "")}`
        .replace(/\.js$/, ".d.ts");
      if (exists(typesDir + types)) {
        const typesPath = path.replace(/\.js$/, ".d.ts");
        write(`${to}/${version}/${typesPath}`, read(typesDir + types));
        source = `// @ts-self-types="./${basename(typesPath)}"\n${source}`;
        untold.delete(types);
      }
      write(`${to}/${version}/${path}`, source);
      if (!/(^|\/)_/.test(path)) exports[exportName(path)] = `./${path}`;
    }
    const versions = { [version]: {} };
    write(`${to}/meta.json`, JSON.stringify({ versions }));
    const meta = { manifest: {}, exports, moduleGraph2: {} };
    write(`${to}/${version}_meta.json`, JSON.stringify(meta));
  }
  if (untold.size > 0) {
    throw new Error(`types of no module in ${NPM_COPY}: ${[...untold]}`);
  }
}

/** In the npm package an import from another `@std` package is `../NAME/…`. */
function toJsrImports(path: string, source: string): string {
  const statement = /^((?:import|export)\b[^"]*from )"(\.[^"]+)";$/gm;
  return source.replace(statement, (all, start, specifier) => {
    const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
    const [name = "", ...rest] = target.split("/");
    if (path.startsWith(`${name}/`)) return all;
    const version = VERSIONS[name.replaceAll("-", "_")];
    if (!version) throw new Error(`${path} imports @std/${name}: its version?`);
    const module = exportName(rest.join("/")).slice(1);
    return `${start}"jsr:@std/${kebab(name)}@^${version}${module}";`;
  });
}

/** `posix/is_absolute.js` is exported as `./posix/is-absolute`. */
function exportName(path: string): string {
  return `./${kebab(path.replace(/\.js$/, ""))}`.replace(/\/mod$/, "");
}

function kebab(name: string): string {
  return name.replaceAll("_", "-");
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Runs Deno in a folder, silently; an error says what it said. */
async function deno(cwd: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [args[0]!, "--quiet", ...args.slice(1)],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
    // Long enough for a slow line; and where packets are just dropped, an end.
    signal: AbortSignal.timeout(60_000),
  }).output();
  if (success) return;
  const line = new TextDecoder().decode(stderr).match(/^error: (.*?)(\. |$)/m)
    ?.[1];
  throw new Error(line ?? "no answer within a minute");
}

/** The files below a folder, by their paths in it; nothing hidden or fetched. */
function files(dir: string): string[] {
  return [...Deno.readDirSync(dir)].flatMap(({ name, isDirectory }) => {
    if (name.startsWith(".") || name === "vendor") return [];
    if (!isDirectory) return [name];
    return files(`${dir}${name}/`).map((path) => `${name}/${path}`);
  });
}

function read(path: string): string {
  return Deno.readTextFileSync(path);
}

function write(path: string, text: string): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  Deno.writeTextFileSync(path, text);
}

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== undefined;
  } catch {
    return false;
  }
}

/** Puts a finished folder in the place of the one there, if there is one. */
function replace(target: string, finished: string, aside: string): void {
  Deno.statSync(finished); // before anything is moved
  try {
    Deno.renameSync(target, aside);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    Deno.renameSync(finished, target);
  } catch (error) {
    // Another run was faster: what it put there is as good.
    if (!exists(target)) throw error;
  }
}

// Made in a folder beside it and then renamed: vendor/ is whole or not there.
const temp = Deno.makeTempDirSync({ dir: root, prefix: ".vendor-" });
try {
  await fromJsr(temp).catch(async ({ message }: Error) => {
    console.error(`vendor: JSR cannot be used (${message}): taking npm's copy`);
    Deno.removeSync(temp, { recursive: true }); // what did come from JSR
    Deno.mkdirSync(temp);
    await fromNpm(temp);
  });
  replace(`${root}vendor`, `${temp}/vendor`, `${temp}/old`);
} catch (error) {
  console.error(`vendor: ${error instanceof Error ? error.message : error}`);
  Deno.exitCode = 1;
} finally {
  Deno.removeSync(temp, { recursive: true });
}
