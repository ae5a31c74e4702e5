/**
 * Draws windows of labelled spans with their frames' labels.
 *
 * Windows begin where frames do, so that latent t of a window is latent t of the recording and has its label. A span shorter than
 * a window is followed by silence without labels.
 *
 * Letters used for shapes here:
 *   B  windows    W  frames of a window    N  samples of a window, W hops
 */
import { CpcArgumentError, firstAbove, type Random } from '@cpc/core';
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
  /** Frames that windows have in which a frame is heard about once: those of all spans, and the silence behind short ones. */
  readonly passFrames: number;
  /** Equal states of `random` give equal batches; the caller owns them. */
  readonly draw: (random: Random) => Promise<LabelledBatch>;
}

/**
 * A span is drawn in proportion to its frames, or to those of a window where it has fewer; then the place of the window in it. So
 * a frame is heard in about W of `passFrames` windows, whether its span is long or short: a short one is heard whole whenever it
 * is drawn, a long one in part. (Frames near the ends of long spans stand in fewer windows.)
 *
 * @throws {CpcArgumentError} if there is no span.
 */
export function createSpanSampler(corpus: SpeechCorpus, options: SpanSamplerOptions): SpanSampler {
  const { windowFrames, hopSamples, batchSize, inputScaling } = options;
  const { passFrames, pick } = spanChooser(options);
  return {
    passFrames,
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
  readonly passFrames: number;
  readonly pick: (random: Random) => Place;
} {
  const ends: number[] = []; // ends[i] = frames of spans 0 .. i, none counted for less than W
  for (const { labels } of spans) ends.push((ends.at(-1) ?? 0) + Math.max(labels.length, windowFrames));
  const last = spans.at(-1);
  const passFrames = ends.at(-1) ?? 0;
  if (last === undefined) throw withoutSpans();
  return {
    passFrames,
    pick: (random) => {
      const span = spans[firstAbove(ends, random.integer(passFrames))] ?? last;
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
