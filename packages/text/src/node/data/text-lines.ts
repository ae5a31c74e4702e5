/**
 * The lines of a text file, read piece by piece: a file need not fit into memory, nor a line.
 */

import type { Hash } from 'node:crypto';
import { kindOfFile } from '@cpc/runs';
import { unpackedPieces } from './unpacked-pieces.js';

/** Thrown for a file that is not text we can read; `message` says why, without the file's name. */
export class UnreadableTextError extends Error {}

/** A line longer than this is cut at a space before it, in characters. */
export const longestLine = 100_000;

export interface TextLinesOptions {
  /** Is given the file's bytes. */
  readonly hash?: Hash;
  /** Ends after so many lines. */
  readonly limit?: number;
  /**
   * Where lines are rows of a table: a line ends at `\n` or `\r\n` alone, as `wc -l` counts, and one that is too long is one line,
   * cut off. Default false: it is several.
   */
  readonly rows?: boolean;
  /** Called once for every row that is cut off, with its number from 1. */
  readonly onCut?: (row: number) => void;
}

/**
 * Lines without their ends (`\n`, `\r\n` or `\r`), a byte order mark left out.
 *
 * @throws {UnreadableTextError} at the first byte that cannot be UTF-8 text: UTF-16, Latin-1, binary.
 */
export async function* textLines(
  path: string,
  { hash, limit = Infinity, rows = false, onCut = () => undefined }: TextLinesOptions = {},
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let [rest, count, position] = ['', 0, 0];
  for await (const bytes of unpackedPieces(path)) {
    if (position === 0) refuseDocuments(bytes);
    refuseOtherThanText(bytes, position);
    hash?.update(bytes);
    rest += decoded(decoder, bytes, position);
    position += bytes.length;
    const { lines, rest: unfinished } = rows ? wholeRows(rest) : cutLines(rest);
    rest = unfinished;
    for (const line of lines) {
      if (count === limit) return;
      count += 1;
      if (rows && line.length > longestLine) onCut(count);
      yield rows ? line.slice(0, longestLine) : line;
    }
  }
  rest += decoded(decoder, undefined, position);
  if (rest === '' || count >= limit) return;
  const last = rest.replace(/\r$/, '');
  if (rows && last.length > longestLine) onCut(count + 1);
  yield rows ? last.slice(0, longestLine) : last;
}

/** What is text to look at and holds none. */
function refuseDocuments(beginning: Uint8Array): void {
  const kind = kindOfFile(beginning.subarray(0, 1000));
  if (kind?.startsWith('a PDF') || kind?.startsWith('a Git LFS')) throw new UnreadableTextError(`${kind}, not text`);
}

/** UTF-16 by its mark, and anything with a byte 0, which no text has. */
function refuseOtherThanText(bytes: Uint8Array, position: number): void {
  const [first, second] = bytes;
  const isWide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (position === 0 && isWide) throw new UnreadableTextError('UTF-16, not UTF-8: convert it');
  const zero = bytes.indexOf(0);
  const kind = position === 0 ? kindOfFile(bytes.subarray(0, 1000)) : undefined;
  if (zero >= 0) throw new UnreadableTextError(`${kind ?? 'binary'}, not text: byte ${position + zero} is 0`);
}

function decoded(decoder: TextDecoder, bytes: Uint8Array | undefined, position: number): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    throw new UnreadableTextError(
      `not UTF-8 (perhaps Latin-1): it stops making sense within ${bytes?.length ?? 0} bytes from byte ${position} on; convert it`,
    );
  }
}

/** The whole lines of a text, overlong ones cut, and what is left. A `\r` at the very end may be half an end of line. */
function cutLines(text: string): { lines: string[]; rest: string } {
  const parts = text.split(/\r\n|\n|\r(?!$)/);
  let rest = parts.pop() ?? '';
  const lines = parts.flatMap(shorterLines);
  while (rest.length > 2 * longestLine) {
    const [line = ''] = shorterLines(rest);
    lines.push(line);
    rest = rest.slice(line.length).trimStart();
  }
  return { lines, rest };
}

/**
 * The whole lines of a text, and what is left; of an overlong line two characters more than the longest may have, one of which may be
 * its `\r`: they show that it has to be cut.
 */
function wholeRows(text: string): { lines: string[]; rest: string } {
  const lines = text.split('\n').map((line) => line.slice(0, longestLine + 2));
  const rest = lines.pop() ?? '';
  return { lines: lines.map((line) => line.replace(/\r$/, '')), rest };
}

function shorterLines(line: string): string[] {
  const parts: string[] = [];
  let left = line;
  while (left.length > longestLine) {
    const space = left.lastIndexOf(' ', longestLine);
    const part = left.slice(0, space > 0 ? space : longestLine);
    parts.push(part);
    left = left.slice(part.length).trimStart();
  }
  return [...parts, left];
}
