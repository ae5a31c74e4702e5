/**
 * What a training side is divided by, to stop a training or to choose a setting: whatever stands on one side of the split only,
 * so that the frames kept aside resemble the fitted ones no more than the test frames do.
 */
import { CpcError, entryAt } from '@cpc/core';
import type { FrameTable } from './frame-table.js';

/** A class of fewer recordings could well lose all of them to the part kept aside. */
const leastRecordings = 5;
const framesOfSecond = 100;

/**
 * The group of every row.
 *
 * Groups by `groupOf` if there are at least 2. Else a row's recording where its class comes from 5 recordings or more; where
 * it comes from fewer, a second of the recording: holding out the recording could leave the class without any. (A class heard
 * in less than a second can still be left without.)
 *
 * @param groupOf - by recording, such as its speaker.
 */
export function trainingGroups(table: FrameTable, groupOf?: (recording: number) => string): string[] {
  return givenGroups(table, groupOf) ?? groupsWithin(table);
}

/** Undefined where they do not divide the table. */
function givenGroups({ recordings }: FrameTable, groupOf?: (recording: number) => string): string[] | undefined {
  const given = groupOf === undefined ? [] : Array.from(recordings, groupOf);
  return new Set(given).size >= 2 ? given : undefined;
}

function groupsWithin(table: FrameTable): string[] {
  const { labels, recordings } = table;
  const recordingsOf = recordingsByClass(table);
  const seen = new Map<number, number>();
  return Array.from(recordings, (recording, row) => {
    const position = seen.get(recording) ?? 0;
    seen.set(recording, position + 1);
    const isRare = (recordingsOf.get(entryAt(labels, row, 'labels'))?.size ?? 0) < leastRecordings;
    return isRare ? `${recording}, second ${Math.floor(position / framesOfSecond)}` : `${recording}`;
  });
}

/**
 * The same for a tenth that is held out once, to stop by.
 *
 * @throws {CpcError} if rows are whole recordings, which cannot be divided, and a class has fewer than 5.
 */
export function stoppingGroups(table: FrameTable, groupOf?: (recording: number) => string): string[] {
  const given = givenGroups(table, groupOf);
  if (given !== undefined) return given;
  const { recordings } = table;
  if (new Set(recordings).size === recordings.length) refuseRareClasses(recordingsByClass(table));
  return groupsWithin(table);
}

function refuseRareClasses(recordingsOf: ReadonlyMap<number, ReadonlySet<number>>): void {
  const rare = [...recordingsOf.values()].filter(({ size }) => size < leastRecordings).map(({ size }) => size);
  if (rare.length === 0) return;
  throw new CpcError({
    where: 'probe, classifier mlp',
    expected: `at least ${leastRecordings} recordings of every class to fit, since a tenth of all is kept to stop by`,
    received: `${rare.length} of ${recordingsOf.size} classes with fewer, one with ${Math.min(...rare)}`,
    fix: 'Take the classifier linear or neighbours, or leave --pooled out: then frames are the examples.',
  });
}

function recordingsByClass({ labels, recordings }: FrameTable): Map<number, Set<number>> {
  const found = new Map<number, Set<number>>();
  for (const [row, label] of labels.entries()) {
    const own = found.get(label) ?? new Set<number>();
    found.set(label, own.add(entryAt(recordings, row, 'recordings')));
  }
  return found;
}
