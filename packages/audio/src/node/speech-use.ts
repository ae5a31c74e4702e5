/**
 * What of some speech is trained on, for the run record and for people: counted, and told with the reason where it is not.
 *
 * Does not judge which recordings those are: the window sampler does.
 */
import type { DataSummary } from '@cpc/records';
import { corpusSampleRateHz, nameOf, recordingAt, type SpeechRecording } from '../data/corpus.js';
import type { SpeechSettings } from '../presets.js';
import { sourceSamplesOf } from '../speech-domain.js';
import type { OpenedSpeech } from './open-data.js';

export interface SpeechUse {
  /** Of the recordings that are trained on. */
  readonly samples: number;
  /** For the run record: what is trained on, and every file that is not. */
  readonly summary: DataSummary;
  /** A sentence for every reason for which recordings that could be read are not trained on. */
  readonly warnings: readonly string[];
}

/** @param used - indices of the recordings that windows are drawn from, as the sampler tells. */
export function speechUse(
  { corpus, recordings }: Pick<OpenedSpeech, 'corpus' | 'recordings'>,
  settings: Pick<SpeechSettings, 'windowSamples' | 'speedPerturbation' | 'batchSize'>,
  used: readonly number[],
): SpeechUse {
  const { batchSize } = settings;
  const needed = sourceSamplesOf(settings);
  const at = (index: number) => recordingAt(corpus.recordings, index);
  const isUsed = new Set(used);
  const unused = (recordings ?? [...corpus.recordings.keys()]).filter((index) => !isUsed.has(index)).map(at);
  const tooShort = unused.filter(({ sampleCount }) => sampleCount < needed);
  const tooFew = unused.filter(({ sampleCount }) => sampleCount >= needed);
  const seconds = needed / corpusSampleRateHz;
  const shortReason = `shorter than a window of ${seconds} s`;
  const fewReason = `of speakers with less speech than ${batchSize} windows of ${seconds} s`;
  const kept = used.map(at);
  return {
    samples: kept.reduce((sum, { sampleCount }) => sum + sampleCount, 0),
    summary: {
      counts: { recordings: kept.length, speakers: new Set(kept.map(({ speaker }) => speaker)).size },
      hours: kept.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0) / 3600,
      skipped: [
        ...corpus.skipped.map(({ path, reason }) => ({ file: path, reason })),
        ...tooShort.map((recording) => skipped(recording, shortReason)),
        ...tooFew.map((recording) => skipped(recording, fewReason)),
      ],
    },
    warnings: [...notTrainedOn(tooShort, shortReason), ...notTrainedOn(tooFew, fewReason)],
  };
}

function skipped(recording: SpeechRecording, reason: string): DataSummary['skipped'][number] {
  return { file: nameOf(recording), reason: `${recording.durationSeconds} s, ${reason}` };
}

function notTrainedOn(recordings: readonly SpeechRecording[], reason: string): string[] {
  const { length } = recordings;
  if (length === 0) return [];
  return [`${length === 1 ? '1 recording is' : `${length} recordings are`} ${reason}: not trained on`];
}
