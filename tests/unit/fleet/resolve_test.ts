import { assertEquals } from "@std/assert";
import type { Scope } from "../../../src/engines/registry.ts";
import type { Survey } from "../../../src/fleet/survey.ts";
import { askTogether } from "../../../src/fleet/resolve.ts";
import { SessionManager } from "../../../src/fleet/session.ts";
import { FakeHost } from "../../helpers/fake_host.ts";
import { dockerInspected, podmanListed } from "../engines/container/answers.ts";
import { lineOf, pane } from "../engines/tmux/panes.ts";

Deno.test("who asks in the same turn shares a question, who asks later does not", async () => {
  const asked: Scope[] = [];
  const answers: PromiseWithResolvers<Survey>[] = [];
  const ask = askTogether((scope) => {
    asked.push(scope);
    const answer = Promise.withResolvers<Survey>();
    answers.push(answer);
    return answer.promise;
  });

  const first = ask({});
  assertEquals(ask({}) === first, true);
  const containers = { backend: "container" } as const;
  ask(containers);
  assertEquals(asked, [{}, containers]);

  await Promise.resolve();
  const later = ask({}); // though the first has no answer yet
  assertEquals(asked, [{}, containers, {}]);
  const survey = { answers: [], failures: [] };
  for (const answer of answers) answer.resolve(survey);
  assertEquals([await first, await later], [survey, survey]);
});

/** A host with a session and two containers, one of them of the same name. */
function hostOfThree() {
  return new FakeHost(({ binary, args }) => {
    switch (binary) {
      case "podman":
        return { stdout: JSON.stringify([podmanListed({ Names: ["bot"] })]) };
      case "docker":
        return args[0] === "ps"
          ? { stdout: "id\n" }
          : { stdout: JSON.stringify([dockerInspected({}, { Name: "/web" })]) };
      default:
        return { stdout: lineOf(pane({ session_name: "bot" })) };
    }
  });
}

Deno.test("as it was found, the first question is not put again", async () => {
  const scope = { socketName: "default", stateFolder: null };
  for (const [asFound, calls] of [[true, 2], [false, 3]] as const) {
    const host = hostOfThree();
    const options = { ...scope, asFound, host };
    const bot = await SessionManager.find("bot", options);
    assertEquals((await bot.status()).state, "running");
    assertEquals((await bot.status()).state, "running");
    assertEquals(host.calls.length, calls);
  }
});

Deno.test("as it was found, Docker's container is acted on at once", async () => {
  const host = hostOfThree();
  const options = { runtime: "docker", stateFolder: null, host } as const;
  const web = await SessionManager.find("web", { ...options, asFound: true });
  assertEquals((await web.status()).name, "web");
  assertEquals(host.calls.length, 2);
});

Deno.test("without its memory, what was found is asked for again", async () => {
  const stateFolder = await Deno.makeTempDir();
  const host = hostOfThree();
  const options = { socketName: "default", stateFolder, host, asFound: true };
  const bot = await SessionManager.find("bot", {
    ...options,
    remembered: false,
  });
  await bot.status();
  assertEquals(host.calls.length, 2);
  await Deno.remove(stateFolder, { recursive: true });
});

Deno.test("who has no keyboard is not meant by who types", async () => {
  const host = hostOfThree();
  const options = { host, stateFolder: null, capability: "sendKeys" } as const;
  const bot = await SessionManager.find("bot", options);
  assertEquals(bot.backend, "tmux");
  assertEquals(host.calls.filter(({ binary }) => binary !== "tmux"), []);
  // Only where no keyboard is to be found, the others are looked at.
  const web = await SessionManager.find("web", options);
  assertEquals(web.backend, "container");
});

Deno.test("who is no container is not meant by who runs a program in one", async () => {
  const host = hostOfThree();
  const options = { host, stateFolder: null, capability: "exec" } as const;
  const bot = await SessionManager.find("bot", options);
  assertEquals(bot.backend, "container");
  assertEquals(host.calls.some(({ binary }) => binary === "tmux"), false);
});
