/** Frames of many recordings as one table: what a frame-wise probe is fitted to. */

import type { HostArray } from '@cpc/core';
import { entryAt } from '@cpc/core';
import { gatherLabels, gatherRows } from '@cpc/probes';

/** Labelled frames. */
export interface FrameTable {
  /** `[N, F]` float32. */
  readonly features: HostArray;
  /** `[N]` classes. */
  readonly labels: Int32Array;
  /** `[N]` index of the recording each frame came from. */
  readonly recordings: Int32Array;
}

export interface LabelledRecording {
  readonly recording: number;
  /** `[T, F]`. */
  readonly features: HostArray;
  /** One class per frame, -1 for frames that do not count; may be shorter than the features, never longer. */
  readonly labels: Int32Array;
}

/** Puts the frames that count under one another; needs the exact number of rows beforehand only once. */
export function buildFrameTable(recordings: readonly LabelledRecording[]): FrameTable {
  const width = recordings[0]?.features.shape[1] ?? 0;
  const counts = recordings.map(({ features, labels }) => countScored(labels, features.shape[0] ?? 0));
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const data = new Float32Array(rows * width);
  const labels = new Int32Array(rows);
  const origins = new Int32Array(rows);
  let row = 0;
  for (const { recording, features, labels: frameLabels } of recordings) {
    const frames = Math.min(frameLabels.length, features.shape[0] ?? 0);
    for (let frame = 0; frame < frames; frame++) {
      const label = frameLabels[frame] ?? -1;
      if (label < 0) continue;
      data.set(features.data.subarray(frame * width, (frame + 1) * width), row * width);
      labels[row] = label;
      origins[row] = recording;
      row += 1;
    }
  }
  return { features: { shape: [rows, width], data }, labels, recordings: origins };
}

/** The rows of a table for which `keep` holds. */
export function selectRows({ features, labels, recordings }: FrameTable, keep: (row: number) => boolean): FrameTable {
  const rows = Array.from(labels.keys()).filter(keep);
  return {
    features: gatherRows(features, rows),
    labels: gatherLabels(labels, rows),
    recordings: Int32Array.from(rows, (row) => entryAt(recordings, row, 'recordings of the rows')),
  };
}

/**
 * One example per recording: the mean of its frames, in order of first appearance. The paper does not average speaker features
 * over time (section 3.1); for words and speakers it is the natural measure.
 *
 * @param table - all frames of a recording have the same class; sums are made in double precision.
 */
export function poolRecordings({ features, labels, recordings }: FrameTable): FrameTable {
  const [, width = 0] = features.shape;
  const first = new Map<number, number>(); // row a recording begins at, by recording
  for (const [row, recording] of recordings.entries()) if (!first.has(recording)) first.set(recording, row);
  const placeOf = new Map([...first.keys()].map((recording, place) => [recording, place]));
  const sums = new Float64Array(first.size * width);
  const counts = new Int32Array(first.size);
  for (const [row, recording] of recordings.entries()) {
    const place = placeOf.get(recording) ?? 0;
    counts[place] = (counts[place] ?? 0) + 1;
    for (let index = 0; index < width; index++) {
      const entry = place * width + index;
      sums[entry] = (sums[entry] ?? 0) + (features.data[row * width + index] ?? 0);
    }
  }
  return {
    features: {
      shape: [first.size, width],
      data: Float32Array.from(sums, (sum, entry) => sum / (counts[Math.floor(entry / width)] ?? 1)),
    },
    labels: gatherLabels(labels, [...first.values()]),
    recordings: Int32Array.from(first.keys()),
  };
}

function countScored(labels: Int32Array, frames: number): number {
  return labels.subarray(0, frames).reduce((count, label) => count + (label >= 0 ? 1 : 0), 0);
}
