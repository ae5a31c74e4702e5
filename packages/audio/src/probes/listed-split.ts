/** The split that two lists of utterances give, such as those the paper's authors released. */
import { CpcError } from '@cpc/core';
import type { SpeechCorpus } from '../data/corpus.js';
import type { FrameTable } from './frame-table.js';
import type { ProbeSplits } from './splits.js';

/** Utterances to fit and to score, by id; no id comes twice or stands in both. */
export interface SplitLists {
  readonly trainIds: readonly string[];
  readonly testIds: readonly string[];
}

/** How lists and a corpus meet. */
export interface ListedRecordings {
  /** Recordings named by each list, as indices. */
  readonly train: ReadonlySet<number>;
  readonly test: ReadonlySet<number>;
  /** Ids of the lists that no recording has. */
  readonly idsWithoutRecording: number;
}

/** Finds the recordings that the lists name. */
export function listedRecordings(corpus: SpeechCorpus, { trainIds, testIds }: SplitLists): ListedRecordings {
  const indexOf = new Map(corpus.recordings.map(({ id }, index) => [id, index]));
  const found = (ids: readonly string[]) =>
    new Set(ids.map((id) => indexOf.get(id)).filter((index) => index !== undefined));
  const [train, test] = [found(trainIds), found(testIds)];
  return { train, test, idsWithoutRecording: trainIds.length + testIds.length - train.size - test.size };
}

/**
 * One split: frames of the recordings that the lists name. Recordings in neither list are neither fitted nor scored.
 *
 * @throws {CpcError} if a list names no recording with frames in the table.
 */
export function listedSplit(corpus: SpeechCorpus, table: FrameTable, lists: SplitLists): ProbeSplits {
  const { train, test } = listedRecordings(corpus, lists);
  const present = [...new Set(table.recordings)];
  const counts = { train: countIn(train, present), test: countIn(test, present) };
  if (counts.train === 0 || counts.test === 0) {
    throw new CpcError({
      where: corpus.name,
      expected: 'labelled recordings in the train list and in the test list',
      received: `${counts.train} and ${counts.test}`,
      fix: 'Complete the recordings, or take the two lists out of the folder: then the probe makes its own split.',
    });
  }
  const split = {
    isTrain: (row: number) => train.has(table.recordings[row] ?? -1),
    isTest: (row: number) => test.has(table.recordings[row] ?? -1),
  };
  return { splits: [split], description: `given lists: ${counts.train} recordings to fit, ${counts.test} to score` };
}

function countIn(members: ReadonlySet<number>, recordings: readonly number[]): number {
  return recordings.filter((recording) => members.has(recording)).length;
}
