import { assertEquals, assertMatch } from "@std/assert";
import { parse } from "@std/yaml/parse";

interface Job {
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "runs-on"?: string;
  readonly "timeout-minutes"?: number;
  readonly uses?: string;
  readonly steps?: readonly { readonly uses?: string; readonly run?: string }[];
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const root = new URL("../../../", import.meta.url);
const folder = ".github/workflows/";

function read(name: string): Workflow {
  const text = Deno.readTextFileSync(new URL(folder + name, root));
  return parse(text) as Workflow;
}

const names = [...Deno.readDirSync(new URL(folder, root))].map((it) => it.name);

for (const name of names) {
  const { permissions, jobs } = read(name);

  Deno.test(`workflow ${name}: the least is permitted`, () => {
    const writes = Object.entries({ "": { permissions }, ...jobs })
      .flatMap(([job, it]) =>
        Object.entries(it.permissions ?? {})
          .filter(([, access]) => access !== "read")
          .map(([scope]) => `${job}: ${scope}`)
      );
    assertEquals(
      writes,
      {
        "ci.yml": [],
        "release.yml": ["jsr: id-token", "github: contents"],
      }[name],
    );
  });

  for (const [id, job] of Object.entries(jobs)) {
    Deno.test(`workflow ${name}: job ${id} is sound`, async () => {
      for (const before of job.needs === undefined ? [] : [job.needs]) {
        assertEquals(before in jobs, true, before);
      }
      if (job.uses !== undefined) {
        await Deno.stat(new URL(job.uses, root));
        return;
      }
      assertMatch(job["runs-on"]!, /^(ubuntu|macos|windows)-\d/);
      assertEquals(typeof job["timeout-minutes"], "number");
      for (const { uses, run } of job.steps!) {
        assertEquals([uses, run].filter((it) => it !== undefined).length, 1);
        if (uses !== undefined) assertMatch(uses, /^[\w-]+\/[\w-]+@v\d+$/);
        // A tag's name is a stranger's text: the shell gets it as a variable.
        assertEquals(run?.includes("${{") ?? false, false);
        for (const [path] of run?.matchAll(/\.ci\/run|\.\/denow/g) ?? []) {
          await Deno.stat(new URL(path, root));
        }
      }
    });
  }
}

Deno.test("workflows: .ci/run is run; a release waits for all, and publishes", () => {
  const runs = (name: string, job: string) =>
    (read(name).jobs[job]?.steps ?? []).map(({ run }) => run ?? "").join("\n");
  assertMatch(runs("ci.yml", "linux"), /\.ci\/run/);
  assertMatch(runs("ci.yml", "windows"), /ops\.exe list/);
  assertMatch(runs("release.yml", "binaries"), /task compile --target=all/);
  assertMatch(runs("release.yml", "jsr"), /^deno publish$/m);
  assertMatch(runs("release.yml", "github"), /gh release create .* dist\/\*/);
  const { jobs } = read("release.yml");
  const order: string[] = [];
  for (let id: string | undefined = "github"; id; id = jobs[id]!.needs) {
    order.push(id);
  }
  assertEquals(order, ["github", "jsr", "binaries", "ci", "version"]);
});
