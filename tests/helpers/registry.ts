/** A JSR of our own, on this machine. */
import { join } from "@std/path/posix/join";
import { ROOT } from "./sandbox.ts";

/** The fields of deno.json that go into a package's listing. */
interface Config {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
}

/**
 * A package registry that a `deno` uses when JSR_URL names its `url`. It takes
 * in what `deno publish` sends, unpacks it in a folder of JSR's layout, and
 * hands that out, and the `@std` of `vendor/`. There is nothing else in it.
 *
 * @example
 * ```ts ignore
 * await using registry = await Registry.open(sandbox.path("jsr"));
 * const env = { JSR_URL: registry.url };
 * await sandbox.run("deno", ["publish", "--token=none"], { env });
 * await sandbox.run("deno", ["run", "jsr:@kstlib/ops"], { env });
 * ```
 */
export class Registry implements AsyncDisposable {
  readonly #dir: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  private constructor(dir: string) {
    this.#dir = dir;
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(options, (request) => this.#answer(request));
  }

  /** Opens one in a folder that is made for it. */
  static async open(dir: string): Promise<Registry> {
    for await (const scope of Deno.readDir(STD)) {
      const to = `${dir}/@std/${scope.name}`;
      await copy(`${STD}${scope.name}`, to);
      for await (const { name } of Deno.readDir(to)) {
        const [, version] = name.match(/^(.*)_meta\.json$/) ?? [];
        if (version === undefined) continue;
        const { exports } = JSON.parse(
          await Deno.readTextFile(`${to}/${name}`),
        );
        await list(to, version, exports);
      }
    }
    return new Registry(dir);
  }

  /** What JSR_URL has to be. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** The files of a package, `@kstlib/ops/0.1.0`, by their paths in it. */
  async files(version: string): Promise<string[]> {
    return (await filesIn(join(this.#dir, version))).sort();
  }

  /** No longer there; what was published stays in the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith("/api/")) return await this.#file(pathname);
    const done = { id: "1", status: "success", error: null };
    if (pathname.startsWith("/api/publish_status/")) return Response.json(done);
    if (request.method === "POST") {
      await this.#publish(await request.bytes());
      return Response.json(done);
    }
    // There is room for every package, and no version of any so far.
    return pathname.includes("/versions/")
      ? Response.json({ code: "notFound", message: "none" }, { status: 404 })
      : Response.json({});
  }

  async #file(pathname: string): Promise<Response> {
    try {
      return new Response(await Deno.readFile(join(this.#dir, pathname)));
    } catch {
      return new Response("not found", { status: 404 });
    }
  }

  async #publish(archive: Uint8Array<ArrayBuffer>): Promise<void> {
    const received = `${this.#dir}/received`;
    await Deno.mkdir(received, { recursive: true });
    const child = new Deno.Command("tar", {
      args: ["xz", "-C", received],
      stdin: "piped",
    }).spawn();
    await ReadableStream.from([archive]).pipeTo(child.stdin);
    if (!(await child.status).success) throw new Error("no archive");
    const config: Config = JSON.parse(
      await Deno.readTextFile(`${received}/deno.json`),
    );
    const dir = `${this.#dir}/${config.name}`;
    await Deno.mkdir(dir, { recursive: true });
    await Deno.rename(received, `${dir}/${config.version}`);
    await list(dir, config.version, config.exports);
  }
}

const STD = `${ROOT}vendor/jsr.io/@std/`;

/** Writes what JSR says of a package, and of the files of its one version. */
async function list(
  dir: string,
  version: string,
  exports: Config["exports"],
): Promise<void> {
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for (const path of await filesIn(`${dir}/${version}`)) {
    const bytes = await Deno.readFile(`${dir}/${version}/${path}`);
    const hash = await crypto.subtle.digest("SHA-256", bytes);
    const checksum = `sha256-${new Uint8Array(hash).toHex()}`;
    manifest[`/${path}`] = { size: bytes.length, checksum };
  }
  const meta = { manifest, exports, moduleGraph2: {} };
  await Deno.writeTextFile(`${dir}/${version}_meta.json`, JSON.stringify(meta));
  const versions = { [version]: {} };
  await Deno.writeTextFile(`${dir}/meta.json`, JSON.stringify({ versions }));
}

async function filesIn(dir: string): Promise<string[]> {
  const all = await Array.fromAsync(Deno.readDir(dir), async (entry) => {
    if (!entry.isDirectory) return [entry.name];
    const below = await filesIn(`${dir}/${entry.name}`);
    return below.map((path) => `${entry.name}/${path}`);
  });
  return all.flat();
}

/** Copies a file, or a folder with all that is in it. */
export async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) {
    await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
    return await Deno.copyFile(from, to);
  }
  for (const path of await filesIn(from)) {
    await copy(`${from}/${path}`, `${to}/${path}`);
  }
}
