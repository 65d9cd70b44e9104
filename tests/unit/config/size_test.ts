import { assertEquals } from "@std/assert";
import { parseSize } from "../../../src/config/size.ts";
import { messageOf } from "./fixture.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

Deno.test("parseSize() takes bytes, and units of 1024", async (t) => {
  const cases: [text: string, bytes: number][] = [
    ["0", 0],
    ["10485760", 10 * MIB],
    ["12b", 12],
    ["12B", 12],
    ["500k", 500 * KIB],
    ["500K", 500 * KIB],
    ["64kB", 64 * KIB],
    ["64KB", 64 * KIB],
    ["64KiB", 64 * KIB],
    ["10m", 10 * MIB],
    ["10M", 10 * MIB],
    ["10MB", 10 * MIB],
    ["10MiB", 10 * MIB],
    ["10 MiB", 10 * MIB],
    ["10mib", 10 * MIB],
    ["1G", GIB],
    ["1GB", GIB],
    ["1GiB", GIB],
    ["1T", 1024 * GIB],
  ];
  for (const [text, bytes] of cases) {
    await t.step(text, () => assertEquals(parseSize(text, "x"), bytes));
  }
});

Deno.test("parseSize() says what a size is", async (t) => {
  const texts = [
    "",
    " ",
    "M",
    "10 ",
    " 10",
    "10  M",
    "-1",
    "+1",
    "1.5G",
    "1e6",
    "0x10",
    "1_000",
    "1,000",
    "10X",
    "10Mi",
    "10iB",
    "10MBit",
    "10M\n",
    "٣M",
    "ten",
  ];
  for (const text of texts) {
    await t.step(JSON.stringify(text), () => {
      assertEquals(
        messageOf(() => parseSize(text, "x")),
        `x: ${JSON.stringify(text)} is no size: it is a whole number of ` +
          "bytes, or of k, M or G, such as 65536, 500k, 10M or 10MiB (k is " +
          "1024 bytes, M is 1024 k, G is 1024 M)",
      );
    });
  }
});
