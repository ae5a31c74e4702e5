import { describeSettings } from '@cpc/testing';
import { initialisations, negativeSources, normalisations, stems } from '../presets.js';
import { trainVision } from './train.js';

describeSettings({
  train: trainVision,
  data: 'builtin',
  values: {
    patchPixels: [8, 4, 5, 12],
    patchStride: [4, 1, 3, 8, 9],
    gridSize: [4, 2, 3, 5],
    resizePixels: [28, 5, 20, 56],
    subcropPixels: [7, 1, 4, 12],
    colour: ['grey', 'rgb', 'rgb-dropping'],
    flip: [true, false],
    depth: [18, 26, 34],
    width: [4, 1, 3],
    stem: ['3x3', ...stems],
    normalisation: ['none', ...normalisations],
    initialisation: ['scaled-he', ...initialisations],
    finalRelu: [true, false],
    latentScale: [0.1, 1],
    context: ['masked-convolutions', 'row-gru'],
    contextUnits: [8, 1, 2, 3],
    contextBlocks: [1, 2],
    firstOffset: [1, 2, 3, 4],
    lastOffset: [3, 1, 2, 4],
    batchSize: [2, 1, 3],
    negatives: ['batch', ...negativeSources],
    negativeCount: [16, 2, 3, 4, 32, 50],
    predictorScale: [0.1, 0, 1],
    learningRateDecaySteps: [0, 1, 10],
    clipNorm: [0, 1e-3, 5],
    recomputeBlocks: [false, true],
  },
  draws: 60,
  seed: 3,
});
