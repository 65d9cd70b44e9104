import { assert, assertEquals, assertFalse } from "@std/assert";
import { isKeyName, keyBytes } from "../../../src/core/keys.ts";

// deno-fmt-ignore
const keyNames = [
  "C-c", "M-x", "C-M-x", "M-C-x", "C-[", "C-@", "M--", "Enter", "Escape",
  "Tab", "Space", "BSpace", "Up", "Down", "Left", "Right", "F1", "F9", "F10",
  "F12",
];
// deno-fmt-ignore
const texts = [
  "", "c", "C-", "C-cc", "C-c ", " C-c", "C-c\n", "c-c", "S-a", "C-é", "enter",
  "ENTER", "Enter Enter", "Return", "F0", "F13", "F1x", "up", "-l", "ls",
];

for (const keys of keyNames) {
  Deno.test(`a key: ${keys}`, () => assert(isKeyName(keys)));
}
for (const keys of texts) {
  Deno.test(`text: ${JSON.stringify(keys)}`, () => {
    assertFalse(isKeyName(keys));
  });
}

const bytes: Array<[key: string, bytes: string]> = [
  ["C-c", "\x03"],
  ["C-C", "\x03"],
  ["C-@", "\0"],
  ["C-[", "\x1b"],
  ["C-?", "\x7f"],
  ["C-1", "1"],
  ["M-x", "\x1bx"],
  ["C-M-a", "\x1b\x01"],
  ["Enter", "\r"],
  ["Up", "\x1b[A"],
  ["F12", "\x1b[24~"],
];

for (const [key, expected] of bytes) {
  Deno.test(`the bytes of ${key}`, () => {
    assertEquals(keyBytes(key), expected);
  });
}
