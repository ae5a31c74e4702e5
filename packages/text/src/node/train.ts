/** `cpc text train`. */
import { existsSync } from 'node:fs';
import { requireConsistent, skippedInWords } from '@cpc/core';
import type { TrainingEvent } from '@cpc/records';
import {
  type BatchWorkers,
  type Control,
  installedVersions,
  runPaths,
  type TrainRequest,
  trainRequested,
  writeFileAtomically,
} from '@cpc/runs';
import type { Vocabulary } from '../data/vocabulary.js';
import { exportContext, exportEncoder } from '../export-model.js';
import { contradictions, resolveTextSettings } from '../settings.js';
import { createTextDomain } from '../text-domain.js';
import { textOptimiser } from '../text-optimiser.js';
import { startTextWorkers } from './batches.js';
import { loadTextModel, textModels } from './model-file.js';
import { openText } from './open-text.js';

const trainedWith = ['@cpc/text', '@cpc/core', '@cpc/compile', '@tensorflow/tfjs'];

/** Trains on a file or folder of text, or on built-in stories, into a run folder. */
export async function* trainText(
  request: TrainRequest,
  control: Control,
): AsyncGenerator<TrainingEvent, void, undefined> {
  const { settings: asked, resolved } = resolveTextSettings(request.preset, request.overrides);
  requireConsistent(contradictions(asked));
  const { vocabularySize } = asked;
  const { corpus, source, vocabulary, summary, dispose } = await openText(request.data, {
    vocabularySize,
    vocabulary: await startingVocabulary(request),
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
        domain,
        batches,
        settings,
        resolved,
        optimiser: textOptimiser(settings),
        stepsPerEpoch: domain.exampleCount / settings.batchSize, // an epoch: as many examples as there are places
        versions: installedVersions(trainedWith, import.meta.url),
        dataFingerprint: corpus.fingerprint,
        data: summary,
        modelMetadata: textModels.metadata({ settings, vocabulary: vocabulary.words }, request.seed),
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

/** Of the run that this one begins from: of its own model, where it has one already. */
async function startingVocabulary({ from, resume, out }: TrainRequest): Promise<Vocabulary | undefined> {
  if (from === undefined) return undefined;
  const hasOwn = resume && existsSync(runPaths(out).model);
  return (await loadTextModel(hasOwn ? out : from)).vocabulary;
}
