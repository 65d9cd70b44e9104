/** The keys that can be pressed, by their names as tmux has them. */

const NAMED: Readonly<Record<string, string>> = {
  Enter: "\r",
  Escape: "\x1b",
  Tab: "\t",
  Space: " ",
  BSpace: "\x7f",
  Up: "\x1b[A",
  Down: "\x1b[B",
  Right: "\x1b[C",
  Left: "\x1b[D",
  F1: "\x1bOP",
  F2: "\x1bOQ",
  F3: "\x1bOR",
  F4: "\x1bOS",
  F5: "\x1b[15~",
  F6: "\x1b[17~",
  F7: "\x1b[18~",
  F8: "\x1b[19~",
  F9: "\x1b[20~",
  F10: "\x1b[21~",
  F11: "\x1b[23~",
  F12: "\x1b[24~",
};

const MODIFIED = /^((?:[CM]-)+)([!-~])$/;

/** Whether this is the name of a key rather than text to be typed. */
export function isKeyName(keys: string): boolean {
  return Object.hasOwn(NAMED, keys) || MODIFIED.test(keys);
}

/** What a terminal sends for a key: `C-c` is the byte 3. */
export function keyBytes(name: string): string {
  const [, modifiers = "", character = ""] = MODIFIED.exec(name) ?? [];
  if (character === "") return NAMED[name] ?? name;
  const isControl = modifiers.includes("C") && /[?-_a-z]/.test(character);
  const code = character.charCodeAt(0);
  const typed = !isControl
    ? character
    : character === "?"
    ? "\x7f"
    : String.fromCharCode(code & 0x1f);
  return (modifiers.includes("M") ? "\x1b" : "") + typed;
}
