/**
 * Draws windows of speech: picks their places, reads them, and puts others in the place of those that cannot be read.
 *
 * Does not decode (the corpus does) and does not decide what is a negative (core does); it only decides what stands in a
 * batch. The paper trains on windows of 20,480 samples and says no more; peers draw them uniformly over the whole corpus.
 *
 * Letters: B windows in a batch, W samples in a window.
 */
import { CpcArgumentError, CpcError, type DamagedInput, type Random } from '@cpc/core';
import { nameOf, recordingAt, type SpeechCorpus } from './corpus.js';
import { DamagedFileError } from './damaged-file-error.js';
import {
  createPlaces,
  createWindowChooser,
  type WindowChooser,
  type WindowMode,
  type WindowPick,
} from './window-choosers.js';

export interface WindowSamplerOptions {
  /** W, samples per window. */
  readonly windowSamples: number;
  /** B, windows per batch. */
  readonly batchSize: number;
  /** Default `uniform`. */
  readonly mode?: WindowMode;
  /** Indices of the recordings to draw from, default all: how a test set is kept out. */
  readonly recordings?: readonly number[];
  /** Fail at a recording that turns out to be damaged, instead of drawing another window. Default false. */
  readonly strict?: boolean;
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
  /** Indices of the recordings that are drawn from, in the order of the corpus. */
  readonly recordings: readonly number[];
  /** How many those are. */
  readonly eligibleRecordings: number;
  /** Recordings left out: shorter than a window or, for `same-speaker`, of a speaker whose batch would not fill. */
  readonly excludedRecordings: number;
  /** Different windows that may be drawn: the places a window can start at, over all eligible recordings. */
  readonly windowCount: number;
  /**
   * Draws a batch; equal states of `random` give equal batches, whatever was drawn before.
   *
   * A window whose recording turns out to be damaged, gone, unreadable or another than before is replaced by one of the other
   * recordings; for `same-speaker` the whole batch is. What replaces is drawn from a child of `random`: what `random` gives next
   * does not depend on damage.
   *
   * @throws {DamagedFileError} at such a recording, if `strict`.
   * @throws {CpcError} if without these recordings no batch can be filled, or 1,000 are met one after another.
   */
  draw(random: Random): Promise<WindowBatch>;
  /** Recordings that draws have found damaged so far, in the order found, each once. */
  damaged(): readonly DamagedInput[];
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
  const chooserOf = (recordings: readonly number[]) => createWindowChooser(mode, corpus, recordings, options);
  const chooser = chooserOf(candidates) ?? refuse(corpus, candidates, options);
  const damaged = new Map<number, DamagedInput>();
  const speakerIndex = new Map(corpus.speakers.map((speaker, index) => [speaker, index]));
  return {
    recordings: [...chooser.eligible].sort((left, right) => left - right),
    eligibleRecordings: chooser.eligible.length,
    excludedRecordings: candidates.length - chooser.eligible.length,
    windowCount: createPlaces(corpus, chooser.eligible, windowSamples).count,
    damaged: () => [...damaged.values()],
    async draw(random) {
      const windows = await drawWhole({ corpus, options, chooser, chooserOf, damaged }, random);
      const samples = new Float32Array(batchSize * windowSamples); // [B * W]
      for (const [index, window] of windows.entries()) samples.set(window.samples, index * windowSamples);
      const speakerOf = ({ recording }: WindowPick) => corpus.recordings[recording]?.speaker ?? '';
      return {
        samples,
        recordings: Int32Array.from(windows, ({ recording }) => recording),
        starts: Int32Array.from(windows, ({ start }) => start),
        speakers: Int32Array.from(windows, (window) => speakerIndex.get(speakerOf(window)) ?? -1),
      };
    },
  };
}

/** Windows that cannot be read, one after another, before a draw gives up: the disk is gone, and a large corpus would take hours. */
const mostInVain = 1000;

interface Drawing {
  readonly corpus: SpeechCorpus;
  readonly options: WindowSamplerOptions;
  readonly chooser: WindowChooser;
  readonly chooserOf: (recordings: readonly number[]) => WindowChooser | undefined;
  /** What all draws have found, by recording; added to. */
  readonly damaged: Map<number, DamagedInput>;
}

/**
 * Draws until every window can be read. A round knows what those before it have found in this draw, and of nothing that other
 * draws have: what is drawn depends on the stream alone, also in another thread or after a resumption.
 */
async function drawWhole(drawing: Drawing, random: Random): Promise<readonly DrawnWindow[]> {
  const { corpus, options, chooser, chooserOf, damaged } = drawing;
  const read = (picks: readonly WindowPick[]) => readAll(corpus, picks, options.windowSamples);
  const gone = new Map<number, DamagedFileError>();
  const picks = chooser.pick(random);
  const instead = random.fold('instead of damaged', random.integer(2 ** 53)); // another for every batch of one stream
  let windows = await read(picks);
  for (let inVain = 0; ; ) {
    const found = windows.filter(isDamaged);
    if (found.length === 0) return windows;
    inVain = found.length === windows.length ? inVain + found.length : 0;
    if (inVain >= mostInVain) throw nothingLeft(corpus, [...gone.values(), ...found.map(({ damage }) => damage)]);
    for (const { recording, damage } of found) {
      if (options.strict === true) throw damage;
      gone.set(recording, damage);
      const path = nameOf(recordingAt(corpus.recordings, recording)); // damage.where may go on: ", frame at byte 42"
      if (!damaged.has(recording)) damaged.set(recording, { path, reason: damage.message });
    }
    const left = chooserOf(chooser.eligible.filter((recording) => !gone.has(recording)));
    if (left === undefined) throw nothingLeft(corpus, [...gone.values()]);
    const kept = windows.map((window) => (isDamaged(window) ? undefined : window));
    windows = await read(left.pick(instead, kept));
  }
}

/** A window as read: samples, or what is wrong with its recording. */
interface DrawnWindow extends WindowPick {
  readonly samples: Float32Array;
  readonly damage?: DamagedFileError;
}

function isDamaged(window: DrawnWindow): window is DrawnWindow & { readonly damage: DamagedFileError } {
  return window.damage !== undefined;
}

/** Reads all windows at once. A window that was read before is cheap to read again: the corpus keeps its recording. */
async function readAll(
  corpus: SpeechCorpus,
  picks: readonly WindowPick[],
  windowSamples: number,
): Promise<readonly DrawnWindow[]> {
  const results = await Promise.allSettled(
    picks.map(({ recording, start }) => corpus.read(recording, start, windowSamples)),
  );
  return results.map((result, index) => {
    const { recording, start } = picks[index] as WindowPick;
    if (result.status === 'fulfilled') return { recording, start, samples: result.value };
    if (!DamagedFileError.isInstance(result.reason)) throw result.reason;
    return { recording, start, samples: new Float32Array(0), damage: result.reason };
  });
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

function refuse(
  corpus: SpeechCorpus,
  candidates: readonly number[],
  { windowSamples, batchSize }: WindowSamplerOptions,
): never {
  const lengths = candidates.map((index) => recordingAt(corpus.recordings, index).sampleCount);
  if (lengths.some((length) => length >= windowSamples)) {
    throw new CpcArgumentError({
      where: 'createWindowSampler',
      argument: 'mode',
      expected: `a speaker with room for ${batchSize} windows of ${windowSamples} samples side by side, for batches of one speaker`,
      received: 'none',
      fix: 'Lower the batch size or windowSamples, or give more speech of each speaker.',
    });
  }
  throw new CpcArgumentError({
    where: 'createWindowSampler',
    argument: 'windowSamples',
    expected: `a recording of at least ${windowSamples} samples`,
    received: `a corpus whose longest has ${lengths.reduce((most, length) => Math.max(most, length), 0)}`,
    fix: 'Lower windowSamples, or give longer recordings.',
  });
}

function nothingLeft({ name }: SpeechCorpus, found: readonly DamagedFileError[]): CpcError {
  return new CpcError({
    where: name,
    expected: 'enough recordings for a batch besides those that cannot be read',
    received: `${found.length} that cannot be read; the first: ${found[0]?.message ?? ''}`,
    fix: 'Check that the disk is mounted and restore the files; --strict names the first one before training begins.',
    cause: found[0],
  });
}
