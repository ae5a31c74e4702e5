/**
 * Labelled frames without features: which frame of which recording has which class, as the rows of a table, so that what splits
 * a probe's table splits this one alike.
 *
 * Letters used for shapes here:
 *   N  labelled frames    T  frames of a recording, floor(samples / hop)    F  features of a frame
 */

import type { HostArray } from '@cpc/core';
import { entryAt } from '@cpc/core';
import type { SpeechCorpus } from '../data/corpus.js';
import { buildFrameTable, type FrameTable } from '../probes/frame-table.js';

/** Recordings of a corpus with their frames' classes. */
export interface LabelledSpeech {
  readonly corpus: SpeechCorpus;
  /** Indices of the recordings that have labels. */
  readonly recordings: readonly number[];
  /** C >= 2. */
  readonly classes: number;
  /** One class per frame of a recording, -1 for frames that do not count; may be fewer than `frames`. */
  readonly labelsOf: (recording: number, frames: number) => Int32Array;
}

/** A table `[N, 1]` whose one feature is the frame's number in its recording: row for row the table of any features. */
export function frameNumbers({ corpus, recordings, labelsOf }: LabelledSpeech, hopSamples: number): FrameTable {
  return buildFrameTable(
    recordings.map((recording) => {
      const frames = Math.floor((corpus.recordings[recording]?.sampleCount ?? 0) / hopSamples);
      const numbers = Float32Array.from({ length: frames }, (_, frame) => frame); // exact up to 46 hours
      return { recording, features: { shape: [frames, 1], data: numbers }, labels: labelsOf(recording, frames) };
    }),
  );
}

/** The number of a row's frame. */
export function frameAt({ features }: FrameTable, row: number): number {
  return entryAt(features.data, row, 'frames');
}

/**
 * Features of the table's frames, in its order.
 *
 * @param table - of `frameNumbers`, or some of its rows.
 * @param featuresOf - `[T, F]` of a recording; told how many frames of it are needed at least.
 * @returns `[N, F]`; the caller owns it.
 */
export async function featuresOfFrames(
  table: FrameTable,
  featuresOf: (recording: number, frames: number) => Promise<HostArray>,
): Promise<HostArray> {
  const wanted = new Map<number, number[]>();
  for (const [row, recording] of table.recordings.entries()) {
    const frames = wanted.get(recording);
    if (frames === undefined) wanted.set(recording, [frameAt(table, row)]);
    else frames.push(frameAt(table, row));
  }
  let data = new Float32Array(0);
  let width = 0;
  let row = 0;
  for (const [recording, frames] of wanted) {
    const features = await featuresOf(recording, (frames.at(-1) ?? 0) + 1);
    if (row === 0) {
      width = features.shape[1] ?? 0;
      data = new Float32Array(table.recordings.length * width);
    }
    for (const frame of frames) {
      data.set(features.data.subarray(frame * width, (frame + 1) * width), row * width);
      row += 1;
    }
  }
  return { shape: [row, width], data };
}
