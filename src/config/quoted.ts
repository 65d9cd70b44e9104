/** What quoted texts say, as YAML 1.2 reads them. */
import { parse } from "@std/yaml/parse";

/** What a key on one line says. */
export function nameOf(written: string): string | undefined {
  if (written.startsWith("'")) {
    return written.slice(1, -1).replaceAll("''", "'");
  }
  if (!written.startsWith('"')) return written;
  return written.includes("\\") ? parsed(written) : written.slice(1, -1);
}

/** A quoted text of several lines: each break is a blank, or a break for each empty line. */
export function folded(written: string): string | undefined {
  const isDouble = written.startsWith('"');
  const lines = written.slice(1, -1).split("\n");
  let said = "";
  let breaks = 0;
  lines.forEach((line, i) => {
    const isLast = i === lines.length - 1;
    let text = i === 0 ? line : line.replace(/^[ \t]+/, "");
    // A backslash keeps the blank behind it, and one at the end the break away.
    if (!isLast) {
      text = text.replace(isDouble ? /(?<!\\)[ \t]+$/ : /[ \t]+$/, "");
    }
    if (i > 0) {
      if (text === "" && !isLast) return void breaks++;
      const lineBreak = isDouble ? "\\n" : "\n";
      const isJoined = isDouble && endsInEscape(said);
      if (isJoined) said = said.slice(0, -1) + lineBreak.repeat(breaks);
      else said += breaks > 0 ? lineBreak.repeat(breaks) : " ";
      breaks = 0;
    }
    said += text;
  });
  return isDouble ? parsed(`"${said}"`) : said.replaceAll("''", "'");
}

function endsInEscape(text: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*\\$/.test(text);
}

/** What the parser makes of a quoted text on one line; it says what is wrong. */
function parsed(written: string): string | undefined {
  try {
    return String(parse(written, { schema: "failsafe" }));
  } catch {
    return undefined;
  }
}
