/**
 * Which phone a latent is scored against: the alignment of labels with the encoder's hops, in one place.
 *
 * Latent t of the padded encoder covers the hop of samples [160 t, 160 t + 160); its receptive field of 465 samples lies
 * evenly around the hop's centre, sample 160 t + 80. From segments, its label is that of the centre sample.
 *
 * The paper's label files hold one label per 160 samples, where label i describes the 400 samples [160 i, 160 i + 400),
 * centred on 160 i + 200, and there are floor((n - 400) / 160) + 1 of them for n samples. No label is centred on a
 * latent; `LabelPairing` names the two choices.
 *
 * Reads no file (that is `phone-label-file.ts` and `node/data/labels.ts`).
 */
import { CpcArgumentError } from '@cpc/core';
import type { PhoneSegment } from './phones.js';

/** Samples from one latent to the next. Section 3.1 of the paper. */
export const hopSamples = 160;

/** Samples that one label of the paper's label files describes. */
export const labelWindowSamples = 400;

/** The label of a frame that has none: such frames are not scored. */
export const unlabelled = -1;

/** Where frames lie. */
export interface FrameGrid {
  /** Samples from one frame to the next, default 160. */
  readonly hopSamples?: number;
  /** Sample of a frame's centre, counted from the frame's first sample; default half a hop, 80. */
  readonly centreOffsetSamples?: number;
}

/**
 * The class of each frame: that of the phone which holds the frame's centre sample.
 *
 * @param segments - in order, not overlapping; `PhoneSegment.endSample` does not belong to the segment.
 * @param frameCount - frames wanted.
 * @param classOf - a phone's class, or `undefined` if it is not scored.
 * @param grid - where frames lie.
 * @returns `[frameCount]` classes; -1 where no segment holds the centre, or its phone has no class.
 * @throws {CpcArgumentError} if `frameCount` is negative or the hop is not positive.
 *
 * @example
 * framePhones([{ startSample: 0, endSample: 200, phone: 'aa' }], 2, () => 7); // [7, -1]: centres 80 and 240
 */
export function framePhones(
  segments: readonly PhoneSegment[],
  frameCount: number,
  classOf: (phone: string) => number | undefined,
  grid: FrameGrid = {},
): Int32Array {
  const hop = grid.hopSamples ?? hopSamples;
  const offset = grid.centreOffsetSamples ?? hop / 2;
  refuseGrid(frameCount, hop);
  const labels = new Int32Array(frameCount).fill(unlabelled);
  let at = 0;
  for (let frame = 0; frame < frameCount; frame += 1) {
    const centre = frame * hop + offset;
    while ((segments[at]?.endSample ?? Infinity) <= centre) at += 1;
    const segment = segments[at];
    if (segment !== undefined && segment.startSample <= centre) labels[frame] = classOf(segment.phone) ?? unlabelled;
  }
  return labels;
}

/**
 * Which label of a label file a latent takes.
 *
 * - `same-index`: latent t takes label t, whose window is centred 120 samples (7.5 ms) later. What public
 *   implementations do. The last 1 or 2 latents of a recording have no label.
 * - `nearest-centre`: latent t takes label t - 1, whose window is centred 40 samples (2.5 ms) earlier: nearer. The first
 *   latent has no label, and the last 0 or 1.
 */
export type LabelPairing = 'same-index' | 'nearest-centre';

/** Labels that a label file holds for a recording of `sampleCount` samples: floor((n - 400) / 160) + 1, at least 0. */
export function expectedLabelCount(sampleCount: number): number {
  return Math.max(0, Math.floor((sampleCount - labelWindowSamples) / hopSamples) + 1);
}

/** Latents of a recording that have a whole hop: floor(n / 160). */
export function wholeHops(sampleCount: number): number {
  return Math.floor(sampleCount / hopSamples);
}

/**
 * The class of each latent, from the labels of a label file.
 *
 * @param labels - `[expectedLabelCount(n)]` classes.
 * @param latentCount - latents of the recording, `wholeHops(n)` for the padded encoder.
 * @param pairing - which label a latent takes, default `same-index`.
 * @returns `[latentCount]` classes; -1 for latents without a label.
 */
export function latentLabels(
  labels: ArrayLike<number>,
  latentCount: number,
  pairing: LabelPairing = 'same-index',
): Int32Array {
  const shift = pairing === 'same-index' ? 0 : 1;
  return Int32Array.from({ length: latentCount }, (_, latent) => labels[latent - shift] ?? unlabelled);
}

function refuseGrid(frameCount: number, hop: number): void {
  if (Number.isInteger(frameCount) && frameCount >= 0 && hop > 0) return;
  throw new CpcArgumentError({
    argument: 'frameCount',
    where: 'framePhones',
    expected: 'a whole number of frames and a hop above 0',
    received: `${frameCount} frames and a hop of ${hop}`,
  });
}
