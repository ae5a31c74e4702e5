import { describeSettings } from '@cpc/testing';
import { textNegatives } from '../presets.js';
import { trainText } from './train.js';

describeSettings({
  train: trainText,
  data: 'builtin',
  values: {
    vocabularySize: [80, 2, 3, 100_000],
    embeddingSize: [8, 1],
    wordScale: [0.5, 1e-3],
    wordRateFactor: [1, 100],
    kernelWords: [3, 1, 5, 31],
    channels: [8, 1],
    contextUnits: [8, 1],
    sentencesPerExample: [4, 2, 3, 20],
    maxWords: [32, 1, 2],
    wordDropout: [0, 0.5, 0.99],
    predictionSteps: [3, 1, 2, 6],
    batchSize: [4, 1, 2, 64],
    negatives: textNegatives,
    negativeCount: [16, 2, 3, 20, 100],
    predictorScale: [0.1, 0, 1],
    learningRateDecaySteps: [0, 1, 10],
    clipNorm: [0, 1e-3, 5],
  },
  refusedForData: /expected a document with room for 2 batches/,
  draws: 60,
  seed: 2,
});
