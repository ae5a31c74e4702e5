/**
 * Draws windows of labelled spans with their frames' labels.
 *
 * Windows begin where frames do, so that latent t of a window is latent t of the recording and has its label. A span shorter than
 * a window is followed by silence without labels.
 *
 * Letters used for shapes here:
 *   B  windows    W  frames of a window    N  samples of a window, W hops
 */
import { CpcArgumentError, type Random } from '@cpc/core';
import type { SpeechCorpus } from '../data/corpus.js';
import { unlabelled } from '../data/frame-labels.js';
import { scaleInput } from '../input-scaling.js';
import type { SpeechSettings } from '../presets.js';
import type { LabelledSpan } from './labelled-spans.js';

export interface SpanSamplerOptions {
  /** At least one. */
  readonly spans: readonly LabelledSpan[];
  /** W. */
  readonly windowFrames: number;
  readonly hopSamples: number;
  /** B. */
  readonly batchSize: number;
  /** As in training without labels: every window by itself, before silence is added. */
  readonly inputScaling: SpeechSettings['inputScaling'];
}

export interface LabelledBatch {
  /** `[B, N]`. */
  readonly waveform: { readonly shape: readonly number[]; readonly data: Float32Array };
  /** `[B, W]`; -1 for frames without a label. */
  readonly labels: { readonly shape: readonly number[]; readonly data: Int32Array };
}

export interface SpanSampler {
  /** Frames in all spans, labelled or not. */
  readonly frameCount: number;
  /** Equal states of `random` give equal batches; the caller owns them. */
  readonly draw: (random: Random) => Promise<LabelledBatch>;
}

/**
 * A span is drawn in proportion to its frames, then the place of the window in it: frames of long and short spans are heard about
 * equally often.
 *
 * @throws {CpcArgumentError} if there is no span.
 */
export function createSpanSampler(corpus: SpeechCorpus, options: SpanSamplerOptions): SpanSampler {
  const { windowFrames, hopSamples, batchSize, inputScaling } = options;
  const { frameCount, pick } = spanChooser(options);
  return {
    frameCount,
    draw: async (random) => {
      const waveform = new Float32Array(batchSize * windowFrames * hopSamples); // [B, N]
      const labels = new Int32Array(batchSize * windowFrames).fill(unlabelled); // [B, W]
      for (let window = 0; window < batchSize; window++) {
        const { span, start } = pick(random);
        const own = span.labels.subarray(start, start + windowFrames);
        const first = (span.firstFrame + start) * hopSamples;
        const samples = await corpus.read(span.recording, first, own.length * hopSamples);
        scaleInput(samples, inputScaling);
        waveform.set(samples, window * windowFrames * hopSamples);
        labels.set(own, window * windowFrames);
      }
      return {
        waveform: { shape: [batchSize, windowFrames * hopSamples], data: waveform },
        labels: { shape: [batchSize, windowFrames], data: labels },
      };
    },
  };
}

/** A window's span, and the frame of it that the window begins with. */
interface Place {
  readonly span: LabelledSpan;
  readonly start: number;
}

function spanChooser({ spans, windowFrames }: SpanSamplerOptions): {
  readonly frameCount: number;
  readonly pick: (random: Random) => Place;
} {
  const ends: number[] = []; // ends[i] = frames of spans 0 .. i
  for (const { labels } of spans) ends.push((ends.at(-1) ?? 0) + labels.length);
  const last = spans.at(-1);
  const frameCount = ends.at(-1) ?? 0;
  if (last === undefined) throw withoutSpans();
  return {
    frameCount,
    pick: (random) => {
      const frame = random.integer(frameCount);
      const span = spans[ends.findIndex((end) => frame < end)] ?? last;
      return { span, start: random.integer(Math.max(1, span.labels.length - windowFrames + 1)) };
    },
  };
}

function withoutSpans(): CpcArgumentError {
  return new CpcArgumentError({
    where: 'createSpanSampler',
    argument: 'spans',
    expected: 'at least one stretch of a recording with labelled frames to fit',
    received: 0,
  });
}
