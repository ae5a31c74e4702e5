/**
 * The stretches of recordings that a supervised network may hear while it is trained: from a recording's first fitted frame to its
 * last, cut wherever a held-out frame lies between. What is held out is never heard, not even as the surroundings of a label.
 *
 * Letters used for shapes here:
 *   F  frames of a span
 */
import { entryAt } from '@cpc/core';
import { unlabelled } from '../data/frame-labels.js';
import type { FrameTable } from '../probes/frame-table.js';
import { frameAt } from './labelled-frames.js';

export interface LabelledSpan {
  readonly recording: number;
  /** Counted from the recording's first frame. */
  readonly firstFrame: number;
  /** `[F]` classes; -1 for frames within the span that are not fitted. */
  readonly labels: Int32Array;
}

/**
 * @param table - of `frameNumbers`: the rows of a recording stand together, in order.
 * @param isFitted - rows to learn from.
 * @param isHeldOut - rows that must not be heard; no row is both.
 */
export function labelledSpans(
  table: FrameTable,
  isFitted: (row: number) => boolean,
  isHeldOut: (row: number) => boolean,
): LabelledSpan[] {
  const spans: number[][] = []; // fitted rows of each
  let open: number[] | undefined;
  for (const [row, recording] of table.recordings.entries()) {
    if (isHeldOut(row) || table.recordings[row - 1] !== recording) open = undefined;
    if (!isFitted(row)) continue;
    if (open === undefined) {
      open = [];
      spans.push(open);
    }
    open.push(row);
  }
  return spans.map((rows) => spanOf(table, rows));
}

function spanOf(table: FrameTable, rows: readonly number[]): LabelledSpan {
  const firstFrame = frameAt(table, entryAt(rows, 0, 'rows'));
  const labels = new Int32Array(frameAt(table, entryAt(rows, rows.length - 1, 'rows')) - firstFrame + 1).fill(
    unlabelled,
  );
  for (const row of rows) labels[frameAt(table, row) - firstFrame] = entryAt(table.labels, row, 'labels');
  return { recording: entryAt(table.recordings, entryAt(rows, 0, 'rows'), 'recordings'), firstFrame, labels };
}
