/** Frames of many recordings as one table: what a frame-wise probe is fitted to. */
import { gatherRows, type HostArray } from '@cpc/core';

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
    labels: Int32Array.from(rows, (row) => labels[row] ?? 0),
    recordings: Int32Array.from(rows, (row) => recordings[row] ?? 0),
  };
}

function countScored(labels: Int32Array, frames: number): number {
  return labels.subarray(0, frames).reduce((count, label) => count + (label >= 0 ? 1 : 0), 0);
}
