/** `cpc audio train`. */
import { requireConsistent } from '@cpc/core';
import type { TrainingEvent } from '@cpc/records';
import {
  type Control,
  installedVersions,
  type RunPaths,
  type TrainRequest,
  trainRequested,
  writeFileAtomically,
} from '@cpc/runs';
import { exportContext, exportEncoder } from '../export-model.js';
import type { SpeechSettings } from '../presets.js';
import { contradictions, resolveSpeechSettings } from '../settings.js';
import { createSpeechDomain } from '../speech-domain.js';
import { speechOptimiser } from '../speech-optimiser.js';
import { startSpeechWorkers } from './batches.js';
import { speechModels } from './model-file.js';
import { corpusWarnings, type OpenedSpeech, openSpeech } from './open-data.js';
import { type SpeechUse, speechUse } from './speech-use.js';

const trainedWith = ['@cpc/audio', '@cpc/core', '@cpc/compile', '@tensorflow/tfjs'];

/**
 * Trains on a folder of recordings, or on built-in speech, into a run folder.
 *
 * @param given - speech that is open already, or a part of it, in place of the data that the request names.
 */
export async function* trainSpeech(
  request: TrainRequest,
  control: Control,
  given?: OpenedSpeech,
): AsyncGenerator<TrainingEvent, void, undefined> {
  const { settings, resolved } = resolveSpeechSettings(request.preset, request.overrides);
  requireConsistent(contradictions(settings)); // before the data are opened
  const opened = given ?? (await openSpeech(request.data, 'train', request));
  const { strict, workers = 0 } = request;
  const domain = createSpeechDomain(opened.corpus, settings, opened.recordings, { strict });
  const use = speechUse(opened, settings, domain.windows.recordings);
  for (const message of [...corpusWarnings(opened.corpus), ...use.warnings]) yield { type: 'warning', message };
  const { source, recordings } = opened;
  const drawing = { settings, ...(recordings === undefined ? {} : { recordings }), strict, workers };
  const batches = source === undefined || workers === 0 ? undefined : startSpeechWorkers({ source, ...drawing });
  try {
    yield* trainRequested(
      request,
      {
        domain,
        batches,
        settings,
        resolved,
        optimiser: speechOptimiser(settings),
        stepsPerEpoch: stepsPerEpoch(settings, use),
        versions: installedVersions(trainedWith, import.meta.url),
        dataFingerprint: opened.corpus.fingerprint,
        data: use.summary,
        modelMetadata: speechModels.metadata({ settings }, request.seed),
        exportModel: (parameters, paths: RunPaths) => writeOnnx({ settings, parameters }, paths),
      },
      control,
    );
  } finally {
    await batches?.close();
  }
}

async function writeOnnx(parts: Parameters<typeof exportEncoder>[0], paths: RunPaths): Promise<void> {
  await writeFileAtomically(paths.encoder, exportEncoder(parts));
  await writeFileAtomically(paths.context, exportContext(parts));
}

/** Updates of an epoch: as many windows as the recordings would fill end to end. */
function stepsPerEpoch({ windowSamples, batchSize }: SpeechSettings, { samples }: SpeechUse): number {
  return samples / (windowSamples * batchSize);
}
