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
 * - `same-speaker`: the speaker, and no two windows overlap: a negative is never the positive's own sound. Negatives from the
 *   batch are then of the same speaker (table 2 of the paper).
 */
export type WindowMode = 'uniform' | 'same-speaker';

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
  /** Recordings left out: shorter than a window or, for `same-speaker`, of a speaker whose batch would not fill. */
  readonly excludedRecordings: number;
  /** Different windows that may be drawn: the places a window can start at, over all eligible recordings. */
  readonly windowCount: number;
  /** Draws a batch; equal states of `random` give equal batches. */
  draw(random: Random): Promise<WindowBatch>;
}

/**
 * Prepares to draw windows from a corpus.
 *
 * `uniform`: every place at which a window fits is equally likely, so long recordings are drawn in proportion and no sample is
 * favoured (those nearer to an end than W are in fewer windows). `same-speaker`: the speaker is drawn in proportion to the
 * places of all recordings, then each window's recording likewise, then where the windows lie in it; speakers with less than
 * B windows' worth of speech are left out.
 *
 * @throws {CpcArgumentError} if a size is not a whole number above 0, an index is no recording, or nothing is long enough.
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
  const longEnough = candidates.filter((index) => sampleCountOf(corpus, index) >= windowSamples);
  refuseNone(corpus, longEnough, windowSamples);
  const { eligible, pick } = choosers[mode](corpus, longEnough, windowSamples, batchSize);
  const speakerIndex = new Map(corpus.speakers.map((speaker, index) => [speaker, index]));
  return {
    eligibleRecordings: eligible.length,
    excludedRecordings: candidates.length - eligible.length,
    windowCount: createPlaces(corpus, eligible, windowSamples).count,
    async draw(random) {
      const picks = pick(random);
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

/** Where a window starts. */
interface Pick {
  readonly recording: number;
  readonly start: number;
}

/** Which recordings are drawn from, and how a batch's windows are. */
interface Chooser {
  readonly eligible: readonly number[];
  readonly pick: (random: Random) => readonly Pick[];
}

const choosers: Readonly<
  Record<WindowMode, (corpus: SpeechCorpus, recordings: readonly number[], window: number, batch: number) => Chooser>
> = { uniform: chooseAnywhere, 'same-speaker': chooseWithinSpeaker };

function chooseAnywhere(corpus: SpeechCorpus, recordings: readonly number[], window: number, batch: number): Chooser {
  const places = createPlaces(corpus, recordings, window);
  return { eligible: recordings, pick: (random) => Array.from({ length: batch }, () => places.pick(random)) };
}

function chooseWithinSpeaker(
  corpus: SpeechCorpus,
  recordings: readonly number[],
  window: number,
  batch: number,
): Chooser {
  const room = (recording: number) => Math.floor(sampleCountOf(corpus, recording) / window); // windows side by side
  const bySpeaker = groupBy(recordings, (recording) => corpus.recordings[recording]?.speaker ?? '');
  const roomy = [...bySpeaker.values()].filter((own) => own.reduce((sum, index) => sum + room(index), 0) >= batch);
  refuseNoRoom(roomy.length, batch, window);
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
interface Places {
  readonly count: number;
  pick(random: Random): Pick;
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

function refuseNoRoom(speakers: number, batch: number, window: number): void {
  if (speakers > 0) return;
  throw new CpcArgumentError({
    where: 'createWindowSampler',
    argument: 'mode',
    expected: `a speaker with room for ${batch} windows of ${window} samples side by side, for batches of one speaker`,
    received: 'none',
    fix: 'Lower the batch size or windowSamples, or give more speech of each speaker.',
  });
}
