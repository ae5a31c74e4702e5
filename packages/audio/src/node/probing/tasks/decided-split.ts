/** What is held out where somebody decided it: a file of folds, lists beside the recordings, or the data set itself. */

import type { SpeechCorpus } from '../../../data/corpus.js';
import { recordingAt } from '../../../data/corpus.js';
import { hopSamples } from '../../../data/frame-labels.js';
import { committedFolds, requireFoldsOf } from '../../../probes/committed-folds.js';
import { digitTakes, listedRecordings, type RecordingSplit, splitByRecordings } from '../../../probes/listed-split.js';
import type { ProbedRows, ProbeSplits } from '../../../probes/splits.js';
import { loadSpeakerFolds } from '../../data/folds-file.js';
import { findSplitLists } from '../../data/split-lists.js';
import { builtInData, corpusWarnings, type OpenedSpeech } from '../../open-data.js';
import type { SpeechProbeRequest } from '../probe-request.js';
import type { ProbeTask } from './probe-task.js';

export interface DecidedSplit {
  readonly splits: (rows: ProbedRows) => ProbeSplits;
  /** Which recordings are fitted and which scored; absent where folds take turns. */
  readonly sides?: RecordingSplit;
  /** No speaker stands on both sides of a split. */
  readonly holdsOutSpeakers: boolean;
  /** @throws {CpcError} if these recordings, the labelled ones, do not fit what was decided. */
  readonly requireFit: (recordings: readonly number[]) => void;
  /** What it leaves out, for people. */
  readonly warnings: readonly string[];
}

/**
 * What was decided: by the request's folds, else by lists in the folder, else by the data set.
 *
 * @returns undefined if nobody did.
 */
export async function decidedSplit(
  corpus: SpeechCorpus,
  { data, folds }: Pick<SpeechProbeRequest, 'data' | 'folds'>,
): Promise<DecidedSplit | undefined> {
  if (folds !== undefined) return foldsOfFile(corpus, folds);
  const lists = data === builtInData ? undefined : await findSplitLists(data);
  if (lists !== undefined) {
    const { idsWithoutRecording, ...sides } = listedRecordings(corpus, lists);
    return recordingByRecording(corpus, sides, [
      ...counted(idsWithoutRecording, 'utterances of the split lists without a recording'),
      ...counted(corpus.recordings.length - sides.train.size - sides.test.size, 'recordings in neither split list'),
    ]);
  }
  return corpus.layout === 'fsdd' ? recordingByRecording(corpus, digitTakes(corpus), []) : undefined;
}

async function foldsOfFile(corpus: SpeechCorpus, path: string): Promise<DecidedSplit> {
  const folds = await loadSpeakerFolds(path);
  const speakerOf = (recording: number) => recordingAt(corpus.recordings, recording).speaker;
  return {
    splits: (rows) => committedFolds(corpus, rows, folds),
    holdsOutSpeakers: true,
    requireFit: (recordings) => requireFoldsOf(folds, new Set(recordings.map(speakerOf))),
    warnings: [],
  };
}

function recordingByRecording(corpus: SpeechCorpus, sides: RecordingSplit, warnings: readonly string[]): DecidedSplit {
  const speakersOf = (side: ReadonlySet<number>) =>
    new Set([...side].map((index) => corpus.recordings[index]?.speaker));
  const fitted = speakersOf(sides.train);
  return {
    sides,
    splits: (rows) => splitByRecordings(corpus, rows, sides),
    holdsOutSpeakers: ![...speakersOf(sides.test)].some((speaker) => fitted.has(speaker)),
    requireFit: () => undefined,
    warnings,
  };
}

/** `groupOf` of a task: the speaker of a recording, if the split holds whole speakers out. */
export function heldOutSpeakers(
  corpus: SpeechCorpus,
  { holdsOutSpeakers }: Pick<DecidedSplit, 'holdsOutSpeakers'>,
): Pick<ProbeTask, 'groupOf'> {
  return holdsOutSpeakers ? { groupOf: (recording) => recordingAt(corpus.recordings, recording).speaker } : {};
}

/** Recordings of at least one frame that have labels and take part in the split. */
export function probedRecordings(
  { corpus, recordings }: OpenedSpeech,
  decided: DecidedSplit | undefined,
  isLabelled: (recording: number) => boolean = () => true,
): number[] {
  const sides = decided?.sides;
  const probed = [...(recordings ?? corpus.recordings.keys())].filter(
    (index) =>
      (corpus.recordings[index]?.sampleCount ?? 0) >= hopSamples &&
      (sides === undefined || sides.train.has(index) || sides.test.has(index)) &&
      isLabelled(index),
  );
  decided?.requireFit(probed);
  return probed;
}

/** Files and recordings that were left out, and why. */
export function splitWarnings(corpus: SpeechCorpus, decided: DecidedSplit | undefined): string[] {
  return [...corpusWarnings(corpus), ...(decided?.warnings ?? [])];
}

/** `what: count`, if there is any. */
export function counted(count: number, what: string): string[] {
  return count === 0 ? [] : [`${what}: ${count}`];
}
