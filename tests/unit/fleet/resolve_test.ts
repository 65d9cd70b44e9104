import { assertEquals } from "@std/assert";
import type { Scope } from "../../../src/engines/registry.ts";
import type { Survey } from "../../../src/fleet/survey.ts";
import { askTogether } from "../../../src/fleet/resolve.ts";

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
