/** Which digit a recording says; for the Free Spoken Digit Dataset, whose files are named after it. */
import { CpcError } from '@cpc/core';
import type { SpeechCorpus, SpeechRecording } from '../../../data/corpus.js';
import { recordingAt } from '../../../data/corpus.js';
import { openSpeech } from '../../open-data.js';
import type { SpeechProbeRequest } from '../probe-request.js';
import { decidedSplit, heldOutSpeakers, probedRecordings, splitWarnings } from './decided-split.js';
import type { ProbeTask } from './probe-task.js';

const digits = 10;

/** All frames of a recording carry its digit, the silent ones too: `pooled` asks about the whole recording instead. */
export async function digitTask(request: SpeechProbeRequest): Promise<ProbeTask> {
  const opened = await openSpeech(request.data, 'probe', request);
  const { corpus } = opened;
  const decided = await decidedSplit(corpus, request);
  if (corpus.layout !== 'fsdd' || decided === undefined) throw withoutDigits(corpus);
  return {
    name: 'digits',
    corpus,
    recordings: probedRecordings(opened, decided),
    classes: digits,
    classNames: Array.from({ length: digits }, (_, digit) => String(digit)),
    labelsOf: (recording, frames) => new Int32Array(frames).fill(digitOf(recordingAt(corpus.recordings, recording))),
    splits: decided.splits,
    ...heldOutSpeakers(corpus, decided),
    warnings: splitWarnings(corpus, decided),
  };
}

/** @throws {CpcError} for a recording without a digit: as a number that is none it would become class 0. */
export function digitOf({ id, attributes }: Pick<SpeechRecording, 'id' | 'attributes'>): number {
  const { digit } = attributes;
  if (digit !== undefined && /^\d$/.test(digit)) return Number(digit);
  throw new CpcError({ where: id, expected: 'a recording named after a digit', received: digit ?? 'none' });
}

function withoutDigits({ name, layout }: SpeechCorpus): CpcError {
  return new CpcError({
    where: name,
    expected: 'recordings named <digit>_<speaker>_<take>, as those of the Free Spoken Digit Dataset',
    received: `recordings of the layout "${layout}"`,
    fix: 'Choose the task phones or speakers.',
  });
}
