/**
 * What `cpc audio probe` asks of features: phones, or speakers. A task says which frames carry which class and what is held
 * out, and knows nothing of where features come from.
 */
import { CpcError, createRandom } from '@cpc/core';
import type { ProbeRequest } from '@cpc/core/node';
import type { SpeechCorpus } from '../data/corpus.js';
import { hopSamples } from '../data/frame-labels.js';
import type { FrameTable } from '../probes/frame-table.js';
import { listedRecordings, listedSplit, type SplitLists } from '../probes/listed-split.js';
import { type ProbeSplits, speakerDisjointSplits, withinSpeakerSplit } from '../probes/splits.js';
import { findSplitLists } from './data/split-lists.js';
import { builtInData, leftOutFiles, type OpenedSpeech, openLabelledSpeech, openSpeech } from './open-data.js';

export interface ProbeTask {
  readonly name: string;
  readonly corpus: SpeechCorpus;
  /** Indices of the recordings that have labels. */
  readonly recordings: readonly number[];
  readonly classes: number;
  /** In words: which label a frame takes; absent where all frames of a recording have the same. */
  readonly alignment?: string;
  /** One class per frame of a recording, -1 for frames that do not count. */
  readonly labelsOf: (recording: number, frames: number) => Int32Array;
  readonly splits: (table: FrameTable) => ProbeSplits;
  /** What was left out, for people. */
  readonly warnings: readonly string[];
}

const tasks: Readonly<Record<string, (request: ProbeRequest) => Promise<ProbeTask>>> = {
  phones: phoneTask,
  speakers: speakerTask,
};

export const speechTasks: readonly string[] = Object.keys(tasks);

/** @throws {CpcError} if there is no such task, or the data do not have what it takes. */
export async function openTask(request: ProbeRequest): Promise<ProbeTask> {
  const open = Object.hasOwn(tasks, request.task) ? tasks[request.task] : undefined;
  if (open !== undefined) return open(request);
  throw new CpcError({
    where: 'probe',
    expected: `a task out of ${speechTasks.join(', ')}`,
    received: `"${request.task}"`,
  });
}

const phoneFolds = 4;

/**
 * Phones: of the utterances that lists beside the labels hold out, else of speakers that the probe was not fitted to. TIMIT's
 * two sentences that everybody reads are left out.
 */
async function phoneTask({ data, strict, seed }: ProbeRequest): Promise<ProbeTask> {
  const { labels, ...opened } = await openLabelledSpeech(data, strict);
  const { corpus } = opened;
  const lists = await listsIn(data);
  const isShared = (recording: number) => /^sa\d$/.test(corpus.recordings[recording]?.attributes.sentence ?? '');
  return {
    name: 'phones',
    corpus,
    recordings: usedRecordings(opened, lists).filter(
      (recording) => labels.byRecording[recording] !== undefined && !isShared(recording),
    ),
    classes: labels.classNames.length,
    alignment: labels.alignment,
    labelsOf: (recording) => labels.byRecording[recording] ?? new Int32Array(0),
    splits: (table) =>
      lists === undefined
        ? speakerDisjointSplits(corpus, table, phoneFolds, createRandom(seed).fold('folds'))
        : listedSplit(corpus, table, lists),
    warnings: [...warningsOf(corpus, lists), ...counted(labels.missing.length, 'recordings without phone labels')],
  };
}

/** Speakers: on utterances that lists hold out, else on a part of each speaker's recordings. */
async function speakerTask({ data, strict }: ProbeRequest): Promise<ProbeTask> {
  const opened = await openSpeech(data, 'probe', strict);
  const { corpus } = opened;
  const lists = await listsIn(data);
  if (lists !== undefined) refuseUnknownSpeakers(corpus, lists);
  const recordings = usedRecordings(opened, lists);
  const speakerOf = (recording: number) => corpus.recordings[recording]?.speaker ?? '';
  const speakers = [...new Set(recordings.map(speakerOf))].sort();
  return {
    name: 'speakers',
    corpus,
    recordings,
    classes: speakers.length,
    labelsOf: (recording, frames) => new Int32Array(frames).fill(speakers.indexOf(speakerOf(recording))),
    splits: (table) => (lists === undefined ? withinSpeakerSplit(corpus, table) : listedSplit(corpus, table, lists)),
    warnings: warningsOf(corpus, lists),
  };
}

function listsIn(data: string): Promise<SplitLists | undefined> {
  return data === builtInData ? Promise.resolve(undefined) : findSplitLists(data);
}

/** Recordings of at least one frame; where there are lists, those in either. */
function usedRecordings({ corpus, recordings }: OpenedSpeech, lists: SplitLists | undefined): number[] {
  const listed = lists && listedRecordings(corpus, lists);
  const isUsed = (index: number) =>
    (corpus.recordings[index]?.sampleCount ?? 0) >= hopSamples &&
    (listed === undefined || listed.train.has(index) || listed.test.has(index));
  return [...(recordings ?? corpus.recordings.keys())].filter(isUsed);
}

function warningsOf(corpus: SpeechCorpus, lists: SplitLists | undefined): string[] {
  const skipped = leftOutFiles(corpus);
  if (lists === undefined) return skipped;
  const { train, test, idsWithoutRecording } = listedRecordings(corpus, lists);
  return [
    ...skipped,
    ...counted(idsWithoutRecording, 'utterances of the split lists without a recording'),
    ...counted(corpus.recordings.length - train.size - test.size, 'recordings in neither split list'),
  ];
}

function counted(count: number, what: string): string[] {
  return count === 0 ? [] : [`${what}: ${count}`];
}

function refuseUnknownSpeakers(corpus: SpeechCorpus, lists: SplitLists): void {
  const { train, test } = listedRecordings(corpus, lists);
  const speakersOf = (recordings: ReadonlySet<number>) =>
    new Set([...recordings].map((recording) => corpus.recordings[recording]?.speaker));
  const known = speakersOf(train);
  const unknown = [...speakersOf(test)].filter((speaker) => !known.has(speaker));
  if (unknown.length === 0) return;
  throw new CpcError({
    where: corpus.name,
    expected: 'a test list of speakers that the train list has too',
    received: `${unknown.length} others, such as ${unknown[0]}`,
    fix: 'To tell speakers apart, take the two lists out of the folder: then recordings take turns.',
  });
}
