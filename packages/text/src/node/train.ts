/** `cpc text train`. */
import { skippedInWords } from '@cpc/core';
import {
  type BatchWorkers,
  type Control,
  installedVersions,
  type TrainRequest,
  trainRequested,
  writeFileAtomically,
} from '@cpc/core/node';
import type { TrainingEvent } from '@cpc/records';
import { exportContext, exportEncoder } from '../export-model.js';
import { resolveTextSettings } from '../settings.js';
import { createTextDomain } from '../text-domain.js';
import { textOptimiser } from '../text-optimiser.js';
import { startTextWorkers } from './batches.js';
import { loadTextModel, modelMetadata } from './model-file.js';
import { openText } from './open-text.js';

const trainedWith = ['@cpc/text', '@cpc/core', '@cpc/compile', '@tensorflow/tfjs'];

/** Trains on a file or folder of text, or on built-in stories, into a run folder. */
export async function* trainText(
  request: TrainRequest,
  control: Control,
): AsyncGenerator<TrainingEvent, void, undefined> {
  const { settings: asked, resolved } = resolveTextSettings(request.preset, request.overrides);
  const { vocabularySize } = asked;
  const { corpus, source, vocabulary, summary, dispose } = await openText(request.data, {
    vocabularySize,
    vocabulary: request.from === undefined ? undefined : (await loadTextModel(request.from)).vocabulary,
    strict: request.strict,
  });
  let batches: BatchWorkers | undefined;
  try {
    const settings = { ...asked, vocabularySize: vocabulary.words.length };
    const domain = createTextDomain(corpus, settings);
    for (const message of skippedInWords(corpus.skipped)) yield { type: 'warning', message };
    const { workers = 0 } = request;
    if (workers > 0) batches = startTextWorkers({ source, settings }, workers);
    yield* trainRequested(
      request,
      {
        ...{ domain, batches, settings, resolved, optimiser: textOptimiser(settings) },
        stepsPerEpoch: domain.exampleCount / settings.batchSize, // an epoch: as many examples as there are places
        versions: installedVersions(trainedWith, import.meta.url),
        ...{ dataFingerprint: corpus.fingerprint, data: summary },
        modelMetadata: modelMetadata(settings, vocabulary, request.seed),
        exportModel: async (parameters, paths) => {
          const parts = { settings, vocabulary, parameters };
          await writeFileAtomically(paths.encoder, exportEncoder(parts));
          await writeFileAtomically(paths.context, exportContext(parts));
        },
      },
      control,
    );
  } finally {
    await batches?.close();
    await dispose();
  }
}
