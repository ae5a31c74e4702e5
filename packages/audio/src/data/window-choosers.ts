/**
 * Which windows stand in a batch: of which recordings, from which sample on.
 *
 * Draws places and reads no sample. Two modes: windows from anywhere, and windows of one speaker that do not overlap.
 */

import type { Random } from '@cpc/core';
import { firstAbove } from '@cpc/core';
import { recordingAt, type SpeechCorpus } from './corpus.js';

/**
 * What the windows of one batch share.
 *
 * - `uniform`: nothing. Negatives from the batch are of mixed speakers.
 * - `same-speaker`: the speaker, and no two windows overlap: a negative is never the positive's own sound. Negatives from the
 *   batch are then of the same speaker (table 2 of the paper).
 */
export type WindowMode = 'uniform' | 'same-speaker';

/** Where a window starts. */
export interface WindowPick {
  readonly recording: number;
  readonly start: number;
}

/** Which recordings are drawn from, and how a batch's windows are. */
export interface WindowChooser {
  /** Indices of the recordings that windows are drawn from. */
  readonly eligible: readonly number[];
  /**
   * The windows of a batch.
   *
   * @param kept - windows of a batch that some may stay of, by place in the batch, the others undefined; left out, all are drawn.
   */
  readonly pick: (random: Random, kept?: readonly (WindowPick | undefined)[]) => readonly WindowPick[];
}

/** Sizes of a batch, in samples and windows. */
export interface WindowSizes {
  readonly windowSamples: number;
  readonly batchSize: number;
}

type CreateChooser = (
  corpus: SpeechCorpus,
  recordings: readonly number[],
  sizes: WindowSizes,
) => WindowChooser | undefined;

const choosers: Readonly<Record<WindowMode, CreateChooser>> = {
  uniform: chooseAnywhere,
  'same-speaker': chooseWithinSpeaker,
};

/** @returns undefined if there is no recording long enough, or for `same-speaker` no speaker who fills a batch. */
export function createWindowChooser(
  mode: WindowMode,
  corpus: SpeechCorpus,
  recordings: readonly number[],
  sizes: WindowSizes,
): WindowChooser | undefined {
  const longEnough = recordings.filter((index) => sampleCountOf(corpus, index) >= sizes.windowSamples);
  return longEnough.length === 0 ? undefined : choosers[mode](corpus, longEnough, sizes);
}

function chooseAnywhere(
  corpus: SpeechCorpus,
  recordings: readonly number[],
  { windowSamples, batchSize }: WindowSizes,
): WindowChooser {
  const places = createPlaces(corpus, recordings, windowSamples);
  return {
    eligible: recordings,
    pick: (random, kept = []) => Array.from({ length: batchSize }, (_, place) => kept[place] ?? places.pick(random)),
  };
}

/** Keeps no window: where one has to go, its speaker may no longer fill a batch. */
function chooseWithinSpeaker(
  corpus: SpeechCorpus,
  recordings: readonly number[],
  { windowSamples: window, batchSize: batch }: WindowSizes,
): WindowChooser | undefined {
  const room = (recording: number) => Math.floor(sampleCountOf(corpus, recording) / window); // windows side by side
  const bySpeaker = groupBy(recordings, (recording) => corpus.recordings[recording]?.speaker ?? '');
  const roomy = [...bySpeaker.values()].filter((own) => own.reduce((sum, index) => sum + room(index), 0) >= batch);
  if (roomy.length === 0) return undefined;
  const groups = new Map(roomy.flatMap((own) => own.map((recording) => [recording, own] as const)));
  const all = createPlaces(corpus, [...groups.keys()], window);
  return {
    eligible: [...groups.keys()],
    pick: (random) => {
      const own = groups.get(all.pick(random).recording) ?? [];
      const counts = new Map<number, number>();
      for (let drawn = 0; drawn < batch; drawn++) {
        const free = own.filter((recording) => (counts.get(recording) ?? 0) < room(recording));
        const { recording } = createPlaces(corpus, free, window).pick(random);
        counts.set(recording, (counts.get(recording) ?? 0) + 1);
      }
      return [...counts].flatMap(([recording, count]) =>
        disjointStarts(sampleCountOf(corpus, recording), window, count, random).map((start) => ({ recording, start })),
      );
    },
  };
}

/** Starts of `count` windows that do not overlap: their gaps share what is left of the recording. */
function disjointStarts(samples: number, window: number, count: number, random: Random): number[] {
  const spare = samples - count * window;
  const offsets = Array.from({ length: count }, () => random.integer(spare + 1)).sort((left, right) => left - right);
  return offsets.map((offset, index) => offset + index * window);
}

function groupBy(recordings: readonly number[], groupOf: (recording: number) => string): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const recording of recordings) {
    const members = groups.get(groupOf(recording));
    if (members === undefined) groups.set(groupOf(recording), [recording]);
    else members.push(recording);
  }
  return groups;
}

/** All places at which a window may start, over some recordings, laid end to end. */
export interface Places {
  readonly count: number;
  pick(random: Random): WindowPick;
}

export function createPlaces(corpus: SpeechCorpus, recordings: readonly number[], windowSamples: number): Places {
  const ends: number[] = []; // ends[i] = places of recordings 0 .. i
  let count = 0;
  for (const recording of recordings) {
    count += sampleCountOf(corpus, recording) - windowSamples + 1;
    ends.push(count);
  }
  return {
    count,
    pick(random) {
      const place = random.integer(count);
      const at = firstAbove(ends, place);
      return { recording: recordings[at] ?? 0, start: place - (at === 0 ? 0 : (ends[at - 1] ?? 0)) };
    },
  };
}

function sampleCountOf(corpus: SpeechCorpus, index: number): number {
  return recordingAt(corpus.recordings, index).sampleCount;
}
