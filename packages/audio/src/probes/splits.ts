/**
 * What is held out when a probe is scored and nobody has decided it: speakers for phones, recordings or the ends of recordings
 * for speakers. For what was decided beforehand see `listed-split.ts` and `committed-folds.ts`.
 */
import { CpcError, entryAt, type Random } from '@cpc/core';
import { groupedFolds } from '@cpc/probes';
import type { SpeechCorpus } from '../data/corpus.js';
import { recordingAt } from '../data/corpus.js';
import type { FrameTable } from './frame-table.js';

/** What a split needs to know of a table: the recording of every row. */
export type ProbedRows = Pick<FrameTable, 'recordings'>;

/** One split: which rows of the table are fitted, which are scored. */
export interface ProbeSplit {
  readonly isTrain: (row: number) => boolean;
  readonly isTest: (row: number) => boolean;
}

/** Splits of one table, and what they keep apart. */
export interface ProbeSplits {
  readonly splits: readonly ProbeSplit[];
  /** In words; goes into the run record. */
  readonly description: string;
}

/**
 * Folds over speakers, as many as asked for or as there are: no speaker stands on both sides.
 *
 * @throws {CpcError} if the table holds frames of fewer than 2 speakers.
 */
export function speakerDisjointSplits(
  corpus: SpeechCorpus,
  table: ProbedRows,
  count: number,
  random: Random,
): ProbeSplits {
  const speakers = Array.from(table.recordings, (recording) => recordingAt(corpus.recordings, recording).speaker);
  const present = new Set(speakers).size;
  if (present < 2) {
    throw new CpcError({
      where: corpus.name,
      expected: 'labelled recordings of at least 2 speakers, so that one can be held out',
      received: `${present}`,
    });
  }
  const splits = groupedFolds(speakers, Math.min(count, present), random).map(({ test }) => holdOut(new Set(test)));
  return { splits, description: `${splits.length} folds, no speaker on both sides` };
}

function holdOut(rows: ReadonlySet<number>): ProbeSplit {
  return { isTrain: (row) => !rows.has(row), isTest: (row) => rows.has(row) };
}

/** Where a speaker's only recording is cut, and what is left out before the cut: half a second of 10 ms frames. */
const cutShare = 0.75;
const gapFrames = 50;

/**
 * One split for telling speakers apart: every speaker's recordings take turns (each fourth is held out, or the last of two or
 * three), or, where a speaker has a single one, its last quarter in time is held out, half a second away from the rest.
 * Recordings that are cut share room and microphone between both sides: `description` tells.
 */
export function withinSpeakerSplit(corpus: SpeechCorpus, table: ProbedRows): ProbeSplits {
  const groups = groupsOf(corpus);
  const positions = positionsInRecording(table);
  const side = (row: number): 'train' | 'test' | 'neither' => {
    const { place, size } = groups[table.recordings[row] ?? 0] ?? { place: 0, size: 1 };
    if (size > 1) return place % 4 === 3 || (size < 4 && place === size - 1) ? 'test' : 'train';
    const { frame, frames } = positions(row);
    const cut = Math.floor(frames * cutShare);
    return frame >= cut ? 'test' : frame < cut - gapFrames ? 'train' : 'neither';
  };
  const split = { isTrain: (row: number) => side(row) === 'train', isTest: (row: number) => side(row) === 'test' };
  return { splits: [split], description: describeTurns(groups, table) };
}

function describeTurns(groups: readonly Group[], { recordings }: ProbedRows): string {
  const sizes = [...new Set(recordings)].map((recording) => groups[recording]?.size ?? 1);
  const cut = sizes.filter((size) => size === 1).length;
  const turns = 'each fourth recording of a speaker held out, or the last of 2 or 3';
  const inTime = `cut in time at ${100 * cutShare} %, ${gapFrames} frames left out: train and test share the recording channel`;
  if (cut === 0) return turns;
  return cut === sizes.length
    ? `each recording ${inTime}`
    : `${turns}; the only recording of ${cut} speakers ${inTime}`;
}

/** A recording among those of its speaker. */
interface Group {
  /** Recordings of the same speaker that stand before it. */
  readonly place: number;
  /** Recordings of that speaker. */
  readonly size: number;
}

/** By recording. */
function groupsOf(corpus: SpeechCorpus): Group[] {
  const seen = new Map<string, number>();
  const places = corpus.recordings.map(({ speaker }) => {
    const place = seen.get(speaker) ?? 0;
    seen.set(speaker, place + 1);
    return { speaker, place };
  });
  return places.map(({ speaker, place }) => ({ place, size: seen.get(speaker) ?? 1 }));
}

/** Frames of a recording stand together in the table: where a row is among its recording's. */
function positionsInRecording({ recordings }: ProbedRows): (row: number) => { frame: number; frames: number } {
  const first = new Map<number, number>();
  const lengths = new Map<number, number>();
  for (const [row, recording] of recordings.entries()) {
    if (!first.has(recording)) first.set(recording, row);
    lengths.set(recording, (lengths.get(recording) ?? 0) + 1);
  }
  return (row) => {
    const recording = entryAt(recordings, row, 'recordings of the rows');
    return { frame: row - (first.get(recording) ?? 0), frames: lengths.get(recording) ?? 0 };
  };
}
