/** Text as a domain of core: runs of sentences in, the model of `model.ts` over them. */
import { CpcArgumentError, type Domain, negativesFromBatch } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { createExampleSampler } from './data/example-sampler.js';
import type { SentenceCorpus } from './data/sentence-corpus.js';
import { contextualise, encodeSentencesFast, initialiseTextModel } from './model.js';
import type { TextSettings } from './presets.js';

/** Text as a domain. */
export interface TextDomain extends Domain {
  /** Places of the corpus where an example may begin. */
  readonly exampleCount: number;
}

/**
 * Training on a corpus with the given settings.
 *
 * @param corpus - its word numbers must lie below `vocabularySize`.
 * @throws {CpcArgumentError} if an example has too few sentences for the steps to predict.
 * @throws {CpcError} if the corpus has nowhere room for an example.
 *
 * @example
 * const domain = createTextDomain(corpus, textPresets.small);
 */
export function createTextDomain(corpus: SentenceCorpus, settings: TextSettings): TextDomain {
  const { batchSize, sentencesPerExample, maxWords, channels, contextUnits, predictionSteps } = settings;
  const { negatives, negativeCount, wordDropout } = settings;
  requireFuture(settings);
  const sampler = createExampleSampler(corpus, {
    ...{ batchSize, sentences: sentencesPerExample, maxWords, negatives, wordDropout },
  });
  const shape = [batchSize * sentencesPerExample, maxWords];
  return {
    name: 'text',
    exampleCount: sampler.exampleCount,
    layout: { sequences: batchSize, positions: sentencesPerExample, latentSize: channels, contextSize: contextUnits },
    offsets: Array.from({ length: predictionSteps }, (_, index) => index + 1),
    predictorScale: settings.predictorScale,
    negatives: negativesFromBatch(negativeCount),
    initialise: (random) => initialiseTextModel(settings, random),
    tables: { 'encoder/words/table': { rows: 'words' } },
    batch: { words: { shape, dtype: 'int32' }, mask: { shape, dtype: 'float32' } },
    draw: async (random) => {
      const { words, mask } = await sampler.draw(random);
      return { words: { shape, data: words }, mask: { shape, data: mask } };
    },
    encode: (parameters, { words, mask }) =>
      tf.tidy(() => {
        const latents = encodeSentencesFast(parameters, words as tf.Tensor2D, mask as tf.Tensor2D); // [S T, D]
        return tf.reshape(latents, [batchSize, sentencesPerExample, channels]);
      }),
    contextualise: (parameters, latents) => contextualise(parameters, latents),
  };
}

function requireFuture({ sentencesPerExample, predictionSteps }: TextSettings): void {
  if (sentencesPerExample > predictionSteps) return;
  throw new CpcArgumentError({
    where: 'createTextDomain',
    argument: 'sentencesPerExample',
    expected: `more than ${predictionSteps} sentences, the steps to predict`,
    received: sentencesPerExample,
  });
}
