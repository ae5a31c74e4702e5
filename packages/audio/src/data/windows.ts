/**
 * Draws windows of speech: which recording, from which sample on.
 *
 * Does not decode (the corpus does) and does not decide what is a negative (core does); it only decides what stands in a
 * batch. The paper trains on windows of 20,480 samples and says no more; peers draw them uniformly over the whole corpus.
 *
 * Letters: B windows in a batch, W samples in a window.
 */
import { CpcArgumentError, type Random } from '@cpc/core';
import { recordingAt, type SpeechCorpus } from './corpus.js';

/**
 * What the windows of one batch share.
 *
 * - `uniform`: nothing. Negatives from the batch are of mixed speakers.
 * - `same-speaker`: the speaker. Negatives from the batch are then of the same speaker (table 2 of the paper).
 * - `same-recording`: the recording.
 */
export type WindowMode = 'uniform' | 'same-speaker' | 'same-recording';

export interface WindowSamplerOptions {
  /** W, samples per window. */
  readonly windowSamples: number;
  /** B, windows per batch. */
  readonly batchSize: number;
  /** Default `uniform`. */
  readonly mode?: WindowMode;
  /** Indices of the recordings to draw from, default all: how a test set is kept out. */
  readonly recordings?: readonly number[];
}

/** A batch; all arrays are new and owned by the caller. */
export interface WindowBatch {
  /** `[B * W]` float32 within [-1, 1], window after window. */
  readonly samples: Float32Array;
  /** `[B]` indices into `corpus.recordings`. */
  readonly recordings: Int32Array;
  /** `[B]` first sample of each window in its recording. */
  readonly starts: Int32Array;
  /** `[B]` indices into `corpus.speakers`. */
  readonly speakers: Int32Array;
}

export interface WindowSampler {
  /** Recordings long enough for a window. */
  readonly eligibleRecordings: number;
  /** Recordings left out because they are shorter than a window. */
  readonly excludedRecordings: number;
  /** Different windows that may be drawn: the places a window can start at, over all eligible recordings. */
  readonly windowCount: number;
  /** Draws a batch; equal states of `random` give equal batches. */
  draw(random: Random): Promise<WindowBatch>;
}

/**
 * Prepares to draw windows from a corpus.
 *
 * Every place at which a window fits is equally likely, so long recordings are drawn in proportion and no sample is
 * favoured (those nearer to an end than W are in fewer windows). In the modes that share a speaker or recording, that one
 * is drawn in proportion to its places, so over many batches each place is still equally likely.
 *
 * @throws {CpcArgumentError} if a size is not a whole number above 0, an index is no recording, or no recording is long
 *   enough.
 *
 * @example
 * const sampler = createWindowSampler(corpus, { windowSamples: 20_480, batchSize: 8 });
 * const { samples } = await sampler.draw(createRandom(1).fold('batch', 0));
 */
export function createWindowSampler(corpus: SpeechCorpus, options: WindowSamplerOptions): WindowSampler {
  const { windowSamples, batchSize, mode = 'uniform' } = options;
  refuseSize('windowSamples', windowSamples);
  refuseSize('batchSize', batchSize);
  const candidates = options.recordings ?? corpus.recordings.map((_, index) => index);
  const eligible = candidates.filter((index) => sampleCountOf(corpus, index) >= windowSamples);
  refuseNone(corpus, eligible, windowSamples);

  const all = createPlaces(corpus, eligible, windowSamples);
  const groupOf = groupRules[mode](corpus);
  const placesByGroup = new Map<string, Places>();
  for (const [group, members] of groupBy(eligible, groupOf)) {
    placesByGroup.set(group, createPlaces(corpus, members, windowSamples));
  }
  const speakerIndex = new Map(corpus.speakers.map((speaker, index) => [speaker, index]));
  return {
    eligibleRecordings: eligible.length,
    excludedRecordings: candidates.length - eligible.length,
    windowCount: all.count,
    async draw(random) {
      const shared = placesByGroup.get(groupOf(all.pick(random).recording)) ?? all;
      const picks = Array.from({ length: batchSize }, () => shared.pick(random));
      const samples = new Float32Array(batchSize * windowSamples); // [B * W]
      const windows = await Promise.all(
        picks.map(({ recording, start }) => corpus.read(recording, start, windowSamples)),
      );
      for (const [index, window] of windows.entries()) samples.set(window, index * windowSamples);
      return {
        samples,
        recordings: Int32Array.from(picks, ({ recording }) => recording),
        starts: Int32Array.from(picks, ({ start }) => start),
        speakers: Int32Array.from(
          picks,
          ({ recording }) => speakerIndex.get(corpus.recordings[recording]?.speaker ?? '') ?? -1,
        ),
      };
    },
  };
}

/** What a recording has in common with the others of its batch, as text, per mode. */
const groupRules: Readonly<Record<WindowMode, (corpus: SpeechCorpus) => (recording: number) => string>> = {
  uniform: () => () => '',
  'same-speaker': (corpus) => (recording) => corpus.recordings[recording]?.speaker ?? '',
  'same-recording': () => (recording) => String(recording),
};

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
interface Places {
  readonly count: number;
  pick(random: Random): { recording: number; start: number };
}

function createPlaces(corpus: SpeechCorpus, recordings: readonly number[], windowSamples: number): Places {
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

/** Index of the first entry of an ascending list that is greater than `value`, by halving. */
function firstAbove(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? Infinity) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function sampleCountOf(corpus: SpeechCorpus, index: number): number {
  return recordingAt(corpus.recordings, index).sampleCount;
}

function refuseSize(argument: string, received: number): void {
  if (Number.isInteger(received) && received > 0) return;
  throw new CpcArgumentError({
    where: 'createWindowSampler',
    argument,
    expected: `${argument} as a whole number above 0`,
    received,
  });
}

function refuseNone(corpus: SpeechCorpus, eligible: readonly number[], windowSamples: number): void {
  if (eligible.length > 0) return;
  const longest = corpus.recordings.reduce((most, { sampleCount }) => Math.max(most, sampleCount), 0);
  throw new CpcArgumentError({
    where: 'createWindowSampler',
    argument: 'windowSamples',
    expected: `a recording of at least ${windowSamples} samples`,
    received: `a corpus whose longest has ${longest}`,
    fix: 'Lower windowSamples, or give longer recordings.',
  });
}
