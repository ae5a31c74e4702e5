/** Who speaks: on recordings that were decided beforehand, else on a part of each speaker's recordings. */
import { CpcError } from '@cpc/core';
import type { SpeechCorpus } from '../../../data/corpus.js';
import { recordingAt } from '../../../data/corpus.js';
import type { RecordingSplit } from '../../../probes/listed-split.js';
import { withinSpeakerSplit } from '../../../probes/splits.js';
import { openSpeech } from '../../open-data.js';
import type { SpeechProbeRequest } from '../probe-request.js';
import { decidedSplit, probedRecordings, splitWarnings } from './decided-split.js';
import type { ProbeTask } from './probe-task.js';

export async function speakerTask(request: SpeechProbeRequest): Promise<ProbeTask> {
  if (request.folds !== undefined) throw foldsOfSpeakers();
  const opened = await openSpeech(request.data, 'probe', request);
  const { corpus } = opened;
  const decided = await decidedSplit(corpus, request);
  if (decided?.sides !== undefined) refuseUnknownSpeakers(corpus, decided.sides);
  const recordings = probedRecordings(opened, decided);
  const speakerOf = (recording: number) => recordingAt(corpus.recordings, recording).speaker;
  const speakers = [...new Set(recordings.map(speakerOf))].sort();
  return {
    name: 'speakers',
    corpus,
    recordings,
    classes: speakers.length,
    classNames: speakers,
    labelsOf: (recording, frames) => new Int32Array(frames).fill(speakers.indexOf(speakerOf(recording))),
    splits: (rows) => decided?.splits(rows) ?? withinSpeakerSplit(corpus, rows),
    warnings: splitWarnings(corpus, decided),
  };
}

function foldsOfSpeakers(): CpcError {
  return new CpcError({
    where: 'probe',
    expected: 'a task of other classes than the speakers that --folds holds out',
    received: 'speakers',
    fix: 'Leave --folds out, or choose the task phones or digits.',
  });
}

function refuseUnknownSpeakers({ name, recordings }: SpeechCorpus, { train, test, origin }: RecordingSplit): void {
  const speakersOf = (side: ReadonlySet<number>) => new Set([...side].map((index) => recordings[index]?.speaker));
  const known = speakersOf(train);
  const unknown = [...speakersOf(test)].filter((speaker) => !known.has(speaker));
  if (unknown.length === 0) return;
  throw new CpcError({
    where: name,
    expected: `to score speakers that are fitted too, by ${origin}`,
    received: `${unknown.length} others, such as ${unknown[0]}`,
    fix: 'To tell speakers apart, take the two lists out of the folder: then recordings take turns.',
  });
}
