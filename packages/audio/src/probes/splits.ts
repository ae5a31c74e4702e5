/** What is held out when a probe is scored: speakers for phones, recordings or the ends of recordings for speakers. */
import { CpcError, groupedFolds, type Random } from '@cpc/core';
import type { SpeechCorpus } from '../data/corpus.js';
import type { FrameTable } from './frame-table.js';
import type { ProbeSplit } from './linear-probe.js';

/** Folds over speakers, as many as asked for or as there are: no speaker stands on both sides. */
export function speakerDisjointSplits(
  corpus: SpeechCorpus,
  table: FrameTable,
  count: number,
  random: Random,
): ProbeSplit[] {
  const speakers = Array.from(table.recordings, (recording) => corpus.recordings[recording]?.speaker ?? '');
  const present = new Set(speakers).size;
  if (present < 2) {
    throw new CpcError({
      where: corpus.name,
      expected: 'labelled recordings of at least 2 speakers, so that one can be held out',
      received: `${present}`,
    });
  }
  return groupedFolds(speakers, Math.min(count, present), random).map(({ test }) => {
    const held = new Set(test);
    return { isTrain: (row) => !held.has(row), isTest: (row) => held.has(row) };
  });
}

/**
 * One split for telling speakers apart: every speaker's recordings take turns (each fourth is held out), or, where a speaker
 * has a single one, its last quarter in time is held out, half a second away from the rest. Recordings that are cut share
 * room and microphone between both sides; `cutInTime` tells.
 */
export function withinSpeakerSplit(
  corpus: SpeechCorpus,
  table: FrameTable,
): { readonly split: ProbeSplit; readonly cutInTime: boolean } {
  const placeOf = placesWithinSpeaker(corpus);
  const counts = recordingsBySpeaker(corpus);
  const isSingle = (recording: number) => (counts.get(corpus.recordings[recording]?.speaker ?? '') ?? 0) < 2;
  const positions = positionsInRecording(table);
  const side = (row: number): 'train' | 'test' | 'neither' => {
    const recording = table.recordings[row] ?? 0;
    if (!isSingle(recording)) return (placeOf[recording] ?? 0) % 4 === 3 || isLastOfFew(recording) ? 'test' : 'train';
    const { place, length } = positions(row);
    const cut = Math.floor(length * 0.75);
    return place >= cut ? 'test' : place < cut - gapFrames ? 'train' : 'neither';
  };
  const isLastOfFew = (recording: number) => {
    const group = counts.get(corpus.recordings[recording]?.speaker ?? '') ?? 0;
    return group < 4 && placeOf[recording] === group - 1;
  };
  return {
    split: { isTrain: (row) => side(row) === 'train', isTest: (row) => side(row) === 'test' },
    cutInTime: corpus.recordings.some((_, recording) => isSingle(recording)),
  };
}

const gapFrames = 50;

function recordingsBySpeaker(corpus: SpeechCorpus): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { speaker } of corpus.recordings) counts.set(speaker, (counts.get(speaker) ?? 0) + 1);
  return counts;
}

/** For every recording: how many recordings of the same speaker stand before it. */
function placesWithinSpeaker(corpus: SpeechCorpus): number[] {
  const seen = new Map<string, number>();
  return corpus.recordings.map(({ speaker }) => {
    const place = seen.get(speaker) ?? 0;
    seen.set(speaker, place + 1);
    return place;
  });
}

/** Frames of a recording stand together in the table: where a row is among its recording's. */
function positionsInRecording({ recordings }: FrameTable): (row: number) => { place: number; length: number } {
  const first = new Map<number, number>();
  const lengths = new Map<number, number>();
  for (const [row, recording] of recordings.entries()) {
    if (!first.has(recording)) first.set(recording, row);
    lengths.set(recording, (lengths.get(recording) ?? 0) + 1);
  }
  return (row) => {
    const recording = recordings[row] ?? 0;
    return { place: row - (first.get(recording) ?? 0), length: lengths.get(recording) ?? 0 };
  };
}
