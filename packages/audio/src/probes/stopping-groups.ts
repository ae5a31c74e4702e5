/**
 * What is held out of the training frames as a whole, to stop a training by: whatever stands on one side of the split only, so
 * that the held-out frames resemble the fitted ones no more than the test frames do.
 */
import type { FrameTable } from './frame-table.js';

/** A class of fewer recordings could lose all of them to the held-out part. */
const leastRecordings = 5;
const framesOfSecond = 100;

/**
 * The group of every row.
 *
 * Groups by `groupOf` if there are at least 2. Else a row's recording where its class comes from 5 recordings or more; where
 * it comes from fewer, a second of the recording: holding out the recording could leave the class without any.
 *
 * @param groupOf - by recording, such as its speaker.
 */
export function stoppingGroups(table: FrameTable, groupOf?: (recording: number) => string): string[] {
  const { labels, recordings } = table;
  const given = groupOf === undefined ? [] : Array.from(recordings, groupOf);
  if (new Set(given).size >= 2) return given;
  const recordingsOf = recordingsByClass(table);
  const seen = new Map<number, number>();
  return Array.from(recordings, (recording, row) => {
    const position = seen.get(recording) ?? 0;
    seen.set(recording, position + 1);
    const isRare = (recordingsOf.get(labels[row] ?? 0)?.size ?? 0) < leastRecordings;
    return isRare ? `${recording}, second ${Math.floor(position / framesOfSecond)}` : `${recording}`;
  });
}

function recordingsByClass({ labels, recordings }: FrameTable): Map<number, Set<number>> {
  const found = new Map<number, Set<number>>();
  for (const [row, label] of labels.entries()) {
    const own = found.get(label) ?? new Set<number>();
    found.set(label, own.add(recordings[row] ?? 0));
  }
  return found;
}
