/**
 * Folds over speakers that were decided once and lie in a file: figures of different programs and seeds are then of the same
 * folds, and a reader can leave out a fold on which something was chosen.
 */
import { CpcError, someOf } from '@cpc/core';
import type { SpeechCorpus } from '../data/corpus.js';
import type { ProbedRows, ProbeSplits } from './splits.js';

/** Speakers by fold: each fold is scored by a classifier that was fitted to all others. */
export interface SpeakerFolds {
  /** At least 2, none empty, no speaker twice. */
  readonly folds: readonly (readonly string[])[];
  /** The file's name, for descriptions and errors. */
  readonly name: string;
}

/**
 * Refuses folds that are not those of these speakers: a fold would be smaller than its file says, or a speaker never scored.
 *
 * @param speakers - of the labelled recordings.
 * @throws {CpcError} that names the speakers in no fold, or those in a fold that the data lack.
 */
export function requireFoldsOf({ folds, name }: SpeakerFolds, speakers: ReadonlySet<string>): void {
  const inFolds = new Set(folds.flat());
  const without = [...speakers].filter((speaker) => !inFolds.has(speaker)).sort();
  const unknown = [...inFolds].filter((speaker) => !speakers.has(speaker)).sort();
  if (without.length === 0 && unknown.length === 0) return;
  const parts = [
    ...(without.length === 0 ? [] : [`no fold for ${named(without)}`]),
    ...(unknown.length === 0 ? [] : [`folds of speakers without labelled recordings: ${named(unknown)}`]),
  ];
  throw new CpcError({
    where: name,
    expected: 'every speaker with labelled recordings in exactly one fold, and no others',
    received: parts.join('; '),
  });
}

const mostNamed = 8;

function named(speakers: readonly string[]): string {
  return someOf(speakers, mostNamed);
}

/** A split per fold, in the file's order; speakers are those that `requireFoldsOf` has let pass. */
export function committedFolds(
  { recordings }: Pick<SpeechCorpus, 'recordings'>,
  rows: ProbedRows,
  { folds, name }: SpeakerFolds,
): ProbeSplits {
  const foldOf = new Map(folds.flatMap((speakers, fold) => speakers.map((speaker) => [speaker, fold] as const)));
  const foldOfRow = (row: number) => foldOf.get(recordings[rows.recordings[row] ?? -1]?.speaker ?? '');
  const splits = folds.map((_, fold) => ({
    isTrain: (row: number) => foldOfRow(row) !== fold,
    isTest: (row: number) => foldOfRow(row) === fold,
  }));
  return { splits, description: `${folds.length} folds of ${name}, no speaker on both sides` };
}
