/** Which phone a frame belongs to: of speakers or utterances that the probe was not fitted to. */
import { CpcError, createRandom } from '@cpc/core';
import { type ProbedRows, speakerDisjointSplits } from '../../../probes/splits.js';
import { openLabelledSpeech } from '../../open-data.js';
import type { SpeechProbeRequest } from '../probe-request.js';
import { counted, decidedSplit, heldOutSpeakers, probedRecordings, splitWarnings } from './decided-split.js';
import type { ProbeTask } from './probe-task.js';

const defaultFolds = 4;

/** TIMIT's two sentences that everybody reads are left out: their words would be on both sides. */
export async function phoneTask(request: SpeechProbeRequest): Promise<ProbeTask> {
  if (request.pooled === true) throw pooledPhones();
  const { labels, ...opened } = await openLabelledSpeech(request.data, request);
  const { corpus } = opened;
  const decided = await decidedSplit(corpus, request);
  const isShared = (recording: number) => /^sa\d$/.test(corpus.recordings[recording]?.attributes.sentence ?? '');
  const ownSplits = (rows: ProbedRows) =>
    speakerDisjointSplits(corpus, rows, defaultFolds, createRandom(request.seed).fold('folds')); // every time the same
  return {
    name: 'phones',
    corpus,
    recordings: probedRecordings(
      opened,
      decided,
      (recording) => labels.byRecording[recording] !== undefined && !isShared(recording),
    ),
    classes: labels.classNames.length,
    classNames: labels.classNames,
    alignment: labels.alignment,
    labelsOf: (recording) => labels.byRecording[recording] ?? new Int32Array(0),
    splits: (rows) => decided?.splits(rows) ?? ownSplits(rows),
    ...heldOutSpeakers(corpus, decided ?? { holdsOutSpeakers: true }), // as own splits do
    warnings: [...splitWarnings(corpus, decided), ...counted(labels.missing.length, 'recordings without phone labels')],
  };
}

function pooledPhones(): CpcError {
  return new CpcError({
    where: 'probe',
    expected: 'a task with one class per recording for --pooled',
    received: 'phones',
    fix: 'Leave --pooled out, or choose the task speakers or digits.',
  });
}
