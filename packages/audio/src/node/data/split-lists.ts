/**
 * Reads the lists that say which utterances a probe is fitted to and which it is scored on.
 *
 * What a line may hold is decided in `data/phone-label-file.ts`, what a list means for a corpus in `probes/listed-split.ts`.
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseSplitList, refuseSharedUtterances } from '../../data/phone-label-file.js';
import type { SplitLists } from '../../probes/listed-split.js';
import { readText } from './text-file.js';

/** The names of the files that the paper's authors released for LibriSpeech's train-clean-100. */
export const splitListNames = { train: 'train_split.txt', test: 'test_split.txt' } as const;

/**
 * Reads a train and a test list of utterances, an id a line.
 *
 * @returns the ids of each, in the files' order.
 * @throws {DamagedFileError} naming file and line, if a file is missing, empty or damaged, an id comes twice, or both files
 *   hold the same id.
 */
export async function loadSplitLists(
  trainPath: string,
  testPath: string,
): Promise<{ trainIds: string[]; testIds: string[] }> {
  const trainIds = parseSplitList(await readText(trainPath), basename(trainPath));
  const testIds = parseSplitList(await readText(testPath), basename(testPath));
  refuseSharedUtterances(trainIds, testIds, `${basename(trainPath)} and ${basename(testPath)}`);
  return { trainIds, testIds };
}

/**
 * The lists that lie in a folder of recordings.
 *
 * @returns `undefined` if neither file is there.
 * @throws {DamagedFileError} as `loadSplitLists` does, also if only one of the two is there.
 */
export async function findSplitLists(folder: string): Promise<SplitLists | undefined> {
  const paths = [join(folder, splitListNames.train), join(folder, splitListNames.test)] as const;
  return paths.some((path) => existsSync(path)) ? loadSplitLists(...paths) : undefined;
}
