/**
 * The label and split files that the paper's authors released for LibriSpeech's train-clean-100.
 *
 * `converted_aligned_phones.txt`: a line `<speaker>-<chapter>-<utterance> l l l ...` per utterance, a class from 0 to 40
 * per 160 samples. `train_split.txt` and `test_split.txt`: an utterance's id a line.
 *
 * Which latent takes which label is decided in `frame-labels.ts`.
 */
import { DamagedFileError } from './damaged-file-error.js';

/** Classes in the authors' file. It names no phone for a class. */
export const librispeechPhoneClassCount = 41;

/**
 * Reads a label file.
 *
 * @param text - the whole file.
 * @param where - the file's name, for errors.
 * @param classCount - classes allowed are 0 .. classCount - 1; default 41, at most 256.
 * @returns labels by utterance id.
 * @throws {DamagedFileError} naming the line, if it has no label, a label is not such a class, or its id came before;
 *   or if there is no line at all.
 */
export function parsePhoneLabelFile(
  text: string,
  where: string,
  classCount = librispeechPhoneClassCount,
): Map<string, Uint8Array> {
  const labelsById = new Map<string, Uint8Array>();
  for (const [lineNumber, line] of filledLines(text)) {
    const at = `${where}, line ${lineNumber}`;
    const [id = '', ...words] = line.split(/\s+/);
    refuseRepeated(labelsById.has(id), id, at);
    labelsById.set(id, parseLabels(id, words, at, classCount));
  }
  return nonEmpty(labelsById, where, '"<utterance> label label ..."');
}

function parseLabels(id: string, words: readonly string[], where: string, classCount: number): Uint8Array {
  if (words.length === 0) {
    throw new DamagedFileError({ where, expected: `labels after "${id.slice(0, 80)}"`, received: 'none' });
  }
  const wrong = words.findIndex((word) => !/^\d{1,3}$/.test(word) || Number(word) >= classCount);
  if (wrong === -1) return Uint8Array.from(words, Number);
  throw new DamagedFileError({
    where,
    expected: `labels from 0 to ${classCount - 1}`,
    received: `"${words[wrong]?.slice(0, 80)}" as label ${wrong}`,
  });
}

/**
 * Reads a split list.
 *
 * @param text - the whole file.
 * @param where - the file's name, for errors.
 * @returns the ids, in the file's order.
 * @throws {DamagedFileError} naming the line, if it holds more than one word or an id came before; or if there is no line.
 */
export function parseSplitList(text: string, where: string): string[] {
  const ids = new Set<string>();
  for (const [lineNumber, line] of filledLines(text)) {
    const at = `${where}, line ${lineNumber}`;
    if (/\s/.test(line)) {
      throw new DamagedFileError({
        where: at,
        expected: 'one utterance id',
        received: JSON.stringify(line.slice(0, 80)),
      });
    }
    refuseRepeated(ids.has(line), line, at);
    ids.add(line);
  }
  return [...nonEmpty(ids, where, 'an utterance id a line')];
}

/**
 * Refuses a train and a test list that share an utterance: scores on it would be of data trained on.
 *
 * @throws {DamagedFileError} naming the first id that both hold.
 */
export function refuseSharedUtterances(trainIds: readonly string[], testIds: readonly string[], where: string): void {
  const train = new Set(trainIds);
  const shared = testIds.find((id) => train.has(id));
  if (shared === undefined) return;
  throw new DamagedFileError({
    where,
    expected: 'train and test lists that share no utterance',
    received: `"${shared}" in both`,
  });
}

function* filledLines(text: string): Generator<[lineNumber: number, line: string]> {
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line !== '') yield [index + 1, line];
  }
}

function refuseRepeated(repeated: boolean, id: string, where: string): void {
  if (repeated)
    throw new DamagedFileError({ where, expected: 'each utterance once', received: `"${id.slice(0, 80)}" again` });
}

function nonEmpty<Collection extends { readonly size: number }>(
  found: Collection,
  where: string,
  expected: string,
): Collection {
  if (found.size > 0) return found;
  throw new DamagedFileError({ where, expected: `lines of ${expected}`, received: 'no line' });
}
