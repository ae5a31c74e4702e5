/** Text as a domain of core: runs of sentences in, the model of `model.ts` over them. */
import type { NamedSpecs } from '@cpc/compile';
import { CpcArgumentError, type Domain, negativesFromBatch } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { createExampleSampler } from './data/example-sampler.js';
import { type PackedLayout, packSentences, rowLengths } from './data/packed-sentences.js';
import type { SentenceCorpus } from './data/sentence-corpus.js';
import { contextualise, encodePackedSentences, initialiseTextModel, wordsBeyond } from './model.js';
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
  const { negatives, negativeCount, wordDropout, wordRateFactor } = settings;
  requireFuture(settings);
  const sampler = createExampleSampler(corpus, {
    batchSize,
    sentences: sentencesPerExample,
    negatives,
    wordDropout,
  });
  const packed = packedLayout(settings);
  const batches = rowLengths(packed).map((places) => batchSpecs(packed, places));
  return {
    name: 'text',
    exampleCount: sampler.exampleCount,
    layout: { sequences: batchSize, positions: sentencesPerExample, latentSize: channels, contextSize: contextUnits },
    offsets: Array.from({ length: predictionSteps }, (_, index) => index + 1),
    predictorScale: settings.predictorScale,
    negatives: negativesFromBatch(negativeCount),
    initialise: (random) => initialiseTextModel(settings, random),
    tables: {
      'encoder/words/table': { rows: 'words', atMost: packed.sentences * maxWords, rateFactor: wordRateFactor },
    },
    batch: batches.at(-1) ?? {},
    smallerBatches: batches.slice(0, -1),
    draw: async (random) => {
      const { places, ...data } = packSentences((await sampler.draw(random)).flat(), packed);
      const { words, shares, slots } = batchSpecs(packed, places);
      return {
        words: { shape: words.shape, data: data.words },
        shares: { shape: shares.shape, data: data.shares },
        slots: { shape: slots.shape, data: data.slots },
      };
    },
    encode: (parameters, { words, shares, slots }) =>
      tf.tidy(() => {
        const latents = encodePackedSentences(parameters, words as tf.Tensor2D, shares as tf.Tensor3D); // [R, K, D]
        const inOrder = tf.gather(tf.reshape(latents, [-1, channels]), slots as tf.Tensor1D); // [S T, D]
        return tf.reshape(inOrder, [batchSize, sentencesPerExample, channels]);
      }),
    contextualise: (parameters, latents) => contextualise(parameters, latents),
  };
}

/** Rows at most: with more of them means are cheaper, and rows fill less evenly. */
const mostRows = 8;

function packedLayout({ batchSize, sentencesPerExample, maxWords, kernelWords }: TextSettings): PackedLayout {
  const sentences = batchSize * sentencesPerExample;
  const rows = Array.from({ length: mostRows }, (_, index) => mostRows - index).find(
    (count) => sentences % count === 0,
  );
  return { sentences, rows: rows ?? 1, maxWords, gap: wordsBeyond(kernelWords) };
}

function batchSpecs({ sentences, rows }: PackedLayout, places: number) {
  return {
    words: { shape: [rows, places], dtype: 'int32' },
    shares: { shape: [rows, sentences / rows, places], dtype: 'float32' },
    slots: { shape: [sentences], dtype: 'int32' },
  } as const satisfies NamedSpecs;
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
