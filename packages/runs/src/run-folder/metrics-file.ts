/**
 * `metrics.jsonl` of a run, read line by line: it may be larger than a string can be, and memory does not grow with it.
 */
import { open, stat } from 'node:fs/promises';
import { namingFile } from '@cpc/base/node';
import { createMetricsParser, type MetricsLine, RecordError } from '@cpc/records';
import { isMissing, regularFilePieces } from '../files/regular-file.js';
import { syncFile } from '../files/synced.js';

/** No line is longer, in bytes: one of 1,000 offsets has about 100 kB. */
const longestLine = 2 ** 24;
const lineEnd = 0x0a;

/**
 * The complete lines of the file, in their order; none if there is no file.
 *
 * @returns each with the place in the file behind it.
 * @throws {RecordError} at the first line that is damaged.
 */
export async function* metricsLines(
  path: string,
): AsyncGenerator<{ readonly line: MetricsLine; readonly end: number }, void, undefined> {
  const parse = createMetricsParser(path);
  for await (const { bytes, end } of completeLines(path)) yield { line: parse(bytes.toString('utf8')), end };
}

async function* completeLines(path: string): AsyncGenerator<{ bytes: Buffer; end: number }, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  let position = 0;
  for await (const piece of piecesIfThere(path)) {
    const text = Buffer.concat([rest, piece]);
    let begin = 0;
    for (let end = text.indexOf(lineEnd); end !== -1; end = text.indexOf(lineEnd, begin)) {
      yield { bytes: text.subarray(begin, end), end: position + end + 1 };
      begin = end + 1;
    }
    rest = text.subarray(begin);
    position += begin;
    if (rest.length > longestLine)
      throw new RecordError(path, `expected lines of at most ${longestLine} bytes. Restore the file from a copy.`);
  }
}

async function* piecesIfThere(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* regularFilePieces(path, { pieceBytes: 2 ** 20 });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/**
 * Where in the file the lines of the steps up to `lastStep` end; all complete lines are checked.
 *
 * @throws {RecordError} at the first line that is damaged.
 */
export async function endOfSteps(path: string, lastStep: number): Promise<number> {
  let kept = 0;
  for await (const { line, end } of metricsLines(path)) if (line.step <= lastStep) kept = end;
  return kept;
}

/** Shortens a file to so many bytes, in its place: what is left is as before even if the machine fails meanwhile. */
export async function cutOff(path: string, length: number): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || found.size <= length) return;
  await namingFile(path, async () => {
    const file = await open(path, 'r+');
    try {
      await file.truncate(length);
      await syncFile(file);
    } finally {
      await file.close();
    }
  });
}
