/** `cpc audio train`. */
import { createRequire } from 'node:module';
import { CpcArgumentError } from '@cpc/core';
import {
  type Control,
  createEngine,
  type RunPaths,
  type TrainRequest,
  trainRun,
  writeFileAtomically,
} from '@cpc/core/node';
import type { RunRecord, TrainingEvent } from '@cpc/records';
import { corpusSampleRateHz, type SpeechCorpus } from '../data/corpus.js';
import { exportContext, exportEncoder } from '../export-model.js';
import type { SpeechSettings } from '../presets.js';
import { resolveSpeechSettings } from '../settings.js';
import { createSpeechDomain } from '../speech-domain.js';
import { speechOptimiser } from '../speech-optimiser.js';
import { modelMetadata } from './model-file.js';
import { leftOutFiles, type OpenedSpeech, openSpeech } from './open-data.js';

/** Trains on a folder of recordings, or on built-in speech, into a run folder. */
export async function* trainSpeech(
  request: TrainRequest,
  control: Control,
): AsyncGenerator<TrainingEvent, void, undefined> {
  resolveSpeechSettings(request.preset, request.overrides); // a wrong setting shows before the data are opened
  yield* trainOpenedSpeech(await openSpeech(request.data, 'train', request.strict), request, control);
}

/** The same on speech that is open already, or on a part of it. */
export async function* trainOpenedSpeech(
  opened: OpenedSpeech,
  request: TrainRequest,
  control: Control,
): AsyncGenerator<TrainingEvent, void, undefined> {
  const { settings, resolved } = resolveSpeechSettings(request.preset, request.overrides);
  const domain = createSpeechDomain(opened.corpus, settings, opened.recordings);
  for (const message of leftOutFiles(opened.corpus)) yield { type: 'warning', message };
  const tooShort = openedRecordings(opened).length - usedRecordings(opened, settings).length;
  if (tooShort > 0) {
    const seconds = settings.windowSamples / corpusSampleRateHz;
    yield {
      type: 'warning',
      message: `${tooShort} recordings are shorter than a window of ${seconds} s: not trained on`,
    };
  }
  yield* trainRun({
    domain,
    engine: await createEngine(request.engine),
    optimiser: speechOptimiser(settings),
    seed: request.seed,
    ...endOf(request, settings, opened),
    ...(settings.clipNorm > 0 ? { clipNorm: settings.clipNorm } : {}),
    ...(request.checkpointEverySteps === undefined ? {} : { checkpointEverySteps: request.checkpointEverySteps }),
    folder: request.out,
    resume: request.resume,
    record: {
      command: request.command,
      preset: request.preset,
      settings: resolved,
      versions: versions(),
      dataFingerprint: opened.corpus.fingerprint,
      data: dataSummary(opened, settings),
    },
    modelMetadata: modelMetadata(settings, request.seed),
    exportModel: (parameters, paths: RunPaths) => writeOnnx({ settings, parameters }, paths),
    control,
  });
}

async function writeOnnx(parts: Parameters<typeof exportEncoder>[0], paths: RunPaths): Promise<void> {
  await writeFileAtomically(paths.encoder, exportEncoder(parts));
  await writeFileAtomically(paths.context, exportContext(parts));
}

/** An epoch is as many windows as the recordings would fill end to end. */
function endOf(
  request: TrainRequest,
  settings: SpeechSettings,
  opened: OpenedSpeech,
): { steps?: number; minutes?: number } {
  const { steps, epochs, minutes } = request;
  if (steps === undefined && epochs === undefined && minutes === undefined) {
    throw new CpcArgumentError({
      where: 'train',
      argument: 'steps',
      expected: 'steps, epochs or minutes',
      received: 'none of them',
    });
  }
  const samples = usedRecordings(opened, settings).reduce((sum, { sampleCount }) => sum + sampleCount, 0);
  const stepsPerEpoch = Math.max(1, Math.ceil(samples / (settings.windowSamples * settings.batchSize)));
  const limits = [steps, epochs === undefined ? undefined : Math.ceil(epochs * stepsPerEpoch)].filter(
    (limit) => limit !== undefined,
  );
  return {
    ...(limits.length === 0 ? {} : { steps: Math.min(...limits) }),
    ...(minutes === undefined ? {} : { minutes }),
  };
}

function dataSummary(opened: OpenedSpeech, settings: SpeechSettings): RunRecord['data'] {
  const used = usedRecordings(opened, settings);
  return {
    counts: { recordings: used.length, speakers: new Set(used.map(({ speaker }) => speaker)).size },
    hours: used.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0) / 3600,
    skipped: opened.corpus.skipped.map(({ path, reason }) => ({ file: path, reason })),
  };
}

/** Those that a window fits into. */
function usedRecordings(opened: OpenedSpeech, { windowSamples }: SpeechSettings): SpeechCorpus['recordings'] {
  return openedRecordings(opened).filter(({ sampleCount }) => sampleCount >= windowSamples);
}

function openedRecordings({ corpus, recordings }: OpenedSpeech): SpeechCorpus['recordings'] {
  if (recordings === undefined) return corpus.recordings;
  const wanted = new Set(recordings);
  return corpus.recordings.filter((_, index) => wanted.has(index));
}

function versions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const names = ['@cpc/audio', '@cpc/core', '@cpc/compile', '@tensorflow/tfjs'];
  return Object.fromEntries(
    names.map((name) => {
      const found: { version?: unknown } = require(`${name}/package.json`);
      return [name, String(found.version)];
    }),
  );
}
