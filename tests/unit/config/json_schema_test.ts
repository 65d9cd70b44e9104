import { assertEquals } from "@std/assert";
import {
  OPS_SCHEMAS,
  SESSION_SCHEMAS,
} from "../../../src/config/json_schema.ts";
import { OPS_KEYS } from "../../../src/config/schema.ts";
import { SESSION_KEYS } from "../../../src/config/session.ts";

Deno.test("the schema has a row for every key: src/config/json_schema.ts", () => {
  const keysOf = (rows: object) => Object.keys(rows).sort();
  assertEquals(keysOf(SESSION_SCHEMAS), [...SESSION_KEYS].sort());
  assertEquals(keysOf(OPS_SCHEMAS), [...OPS_KEYS].sort());
});

Deno.test("every row of the schema says what the key is for", () => {
  for (const rows of [SESSION_SCHEMAS, OPS_SCHEMAS]) {
    for (const [key, { description }] of Object.entries(rows)) {
      assertEquals([key, typeof description], [key, "string"]);
    }
  }
});
