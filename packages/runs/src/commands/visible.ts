/**
 * The one filter between text and a terminal.
 *
 * Names of files, servers, records and settings may hold characters that move the cursor, change colours, hide text or turn the order
 * of letters round. They are shown as escapes. Our own cursor codes are written past this filter.
 */

// Control characters but tab and line feed, direction of text, line separators, a byte order mark, tags.
const hidden = /(?![\t\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff\u{e0000}-\u{e007f}]/gu;
const hiddenInLine = /[\t\n]/g;

/** Text of several lines with every hidden character as an escape: ESC as `\x1b`. */
export function visible(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(hidden, escapeOf);
}

/** Text that has to stay in one line, such as a name: line feeds and tabs are escapes too. */
export function visibleLine(text: string): string {
  return visible(text).replace(hiddenInLine, escapeOf);
}

/** JSON in one line that means the same, without hidden characters. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(hidden, (character) =>
    [...Array(character.length).keys()].map((index) => `\\u${digits(character.charCodeAt(index), 4)}`).join(''),
  );
}

const short: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return short[character] ?? `\\x${digits(code, 2)}`;
  return code <= 0xffff ? `\\u${digits(code, 4)}` : `\\U${digits(code, 8)}`;
}

function digits(code: number, count: number): string {
  return code.toString(16).padStart(count, '0');
}
