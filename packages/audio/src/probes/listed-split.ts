/**
 * Splits that somebody decided recording by recording: two lists of utterances, such as those the paper's authors released, or
 * a data set's own rule.
 */
import { CpcError } from '@cpc/core';
import type { SpeechCorpus } from '../data/corpus.js';
import type { ProbedRows, ProbeSplits } from './splits.js';

/** Utterances to fit and to score, by id; no id comes twice or stands in both. */
export interface SplitLists {
  readonly trainIds: readonly string[];
  readonly testIds: readonly string[];
}

/** Recordings to fit and to score, as indices; none is in both, some may be in neither. */
export interface RecordingSplit {
  readonly train: ReadonlySet<number>;
  readonly test: ReadonlySet<number>;
  /** In words: who decided. */
  readonly origin: string;
}

/** How lists and a corpus meet. */
export interface ListedRecordings extends RecordingSplit {
  /** Ids of the lists that no recording has. */
  readonly idsWithoutRecording: number;
}

/** Finds the recordings that the lists name. */
export function listedRecordings(
  { recordings }: Pick<SpeechCorpus, 'recordings'>,
  { trainIds, testIds }: SplitLists,
): ListedRecordings {
  const indexOf = new Map(recordings.map(({ id }, index) => [id, index]));
  const found = (ids: readonly string[]) =>
    new Set(ids.map((id) => indexOf.get(id)).filter((index) => index !== undefined));
  const [train, test] = [found(trainIds), found(testIds)];
  const idsWithoutRecording = trainIds.length + testIds.length - train.size - test.size;
  return { train, test, origin: 'given lists', idsWithoutRecording };
}

/**
 * The split of the Free Spoken Digit Dataset: takes 0 to 4 of every speaker and digit are scored, the later ones fitted, so all
 * speakers stand on both sides.
 *
 * Source: the data set's README, https://github.com/Jakobovski/free-spoken-digit-dataset.
 */
export function digitTakes({ recordings }: Pick<SpeechCorpus, 'recordings'>): RecordingSplit {
  const isTest = (index: number) => Number(recordings[index]?.attributes.take) < testTakes;
  const all = [...recordings.keys()];
  return {
    train: new Set(all.filter((index) => !isTest(index))),
    test: new Set(all.filter(isTest)),
    origin: `the data set’s own split (takes 0 to ${testTakes - 1} scored, later ones fitted, the same speakers in both)`,
  };
}

const testTakes = 5;

/**
 * One split: frames of the recordings to fit and to score. Other recordings are neither fitted nor scored.
 *
 * @throws {CpcError} if a side has no recording with frames in the table.
 */
export function splitByRecordings(
  corpus: Pick<SpeechCorpus, 'name'>,
  { recordings }: ProbedRows,
  { train, test, origin }: RecordingSplit,
): ProbeSplits {
  const present = [...new Set(recordings)];
  const counts = { train: countIn(train, present), test: countIn(test, present) };
  if (counts.train === 0 || counts.test === 0) {
    throw new CpcError({
      where: corpus.name,
      expected: `labelled recordings to fit and to score by ${origin}`,
      received: `${counts.train} and ${counts.test}`,
      fix: 'Complete the recordings, or split them otherwise: by --folds, or without the two lists in the folder.',
    });
  }
  const split = {
    isTrain: (row: number) => train.has(recordings[row] ?? -1),
    isTest: (row: number) => test.has(recordings[row] ?? -1),
  };
  return { splits: [split], description: `${origin}: ${counts.train} recordings to fit, ${counts.test} to score` };
}

function countIn(members: ReadonlySet<number>, recordings: readonly number[]): number {
  return recordings.filter((recording) => members.has(recording)).length;
}
