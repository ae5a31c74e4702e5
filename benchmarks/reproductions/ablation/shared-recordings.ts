/**
 * The recordings that every row of an ablation can use, so that rows differ in nothing else.
 *
 * Batches of one speaker need speakers with a batch's worth of speech: trained on these alone, such a row would have less data
 * than the others. Which recordings a row can use is told by its window sampler.
 */

import type { SpeechSettings } from '@cpc/audio';
import { createSpeechDomain, recordingAt, sourceSamplesOf } from '@cpc/audio';
import type { OpenedSpeech } from '@cpc/audio/node';
import { createRandom } from '@cpc/core';
import type { AblationRecord } from '@cpc/records';
import { type AblationRow, runNameOf } from './table-2.js';

export interface RowToTrain {
  readonly row: AblationRow;
  readonly settings: SpeechSettings;
}

export interface SharedSpeech {
  /** The same speech without the recordings that are long enough for a window and yet of no use to some row. */
  readonly opened: OpenedSpeech;
  readonly trainedOn: NonNullable<AblationRecord['trainedOn']>;
  readonly warnings: readonly string[];
}

/**
 * Speech that all rows can train on alike.
 *
 * @param rows - at least one; all of the same window and batch size.
 * @throws {CpcArgumentError} if a row cannot be trained: this shows before the first is, not hours later.
 */
export function sharedRecordings(opened: OpenedSpeech, rows: readonly RowToTrain[]): SharedSpeech {
  const { corpus } = opened;
  const at = (index: number) => recordingAt(corpus.recordings, index);
  const usable = rows.map(({ settings }) => usableRecordings(opened, settings));
  const all = opened.recordings ?? [...corpus.recordings.keys()];
  const sourceSamples = Math.max(...rows.map(({ settings }) => sourceSamplesOf(settings)));
  const shared = new Set(all.filter((index) => usable.every((recordings) => recordings.has(index))));
  const leftOut = new Set(all.filter((index) => !shared.has(index) && at(index).sampleCount >= sourceSamples));
  const kept = [...shared].map(at);
  const trainedOn = {
    recordings: kept.length,
    speakers: new Set(kept.map(({ speaker }) => speaker)).size,
    hours: kept.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0) / 3600,
    leftOut: leftOut.size,
  };
  if (leftOut.size === 0) return { opened, trainedOn, warnings: [] };
  const fingerprint = `${corpus.fingerprint} without ${leftOut.size} recordings that not every row can use`;
  const choosy = rows.filter((_, index) => [...leftOut].some((recording) => usable[index]?.has(recording) !== true));
  return {
    opened: { ...opened, corpus: { ...corpus, fingerprint }, recordings: all.filter((index) => !leftOut.has(index)) },
    trainedOn,
    warnings: [leftOutWarning(trainedOn, choosy)],
  };
}

/** Indices of the recordings that a row's windows are drawn from. */
function usableRecordings({ corpus, recordings }: OpenedSpeech, settings: SpeechSettings): ReadonlySet<number> {
  const domain = createSpeechDomain(corpus, settings, recordings);
  domain.negatives.draw(domain.layout, createRandom(1));
  return new Set(domain.windows.recordings);
}

function leftOutWarning({ recordings, leftOut }: SharedSpeech['trainedOn'], choosy: readonly RowToTrain[]): string {
  const names = choosy.map(({ row }) => runNameOf(row)).join(', ');
  return `${leftOut} of ${recordings + leftOut} recordings are left out of all rows, so that rows differ in nothing else: ${names} cannot use them. Rows that can are trained on all by --rows without the others, in another folder`;
}
