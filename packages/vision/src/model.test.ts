import { describeDomain } from '@cpc/testing';
import { smallPreset } from './presets.js';
import { createScenes } from './synthesis/scenes.js';
import { createVisionDomain } from './vision-domain.js';

const tiny = {
  ...smallPreset,
  resizePixels: 20,
  patchPixels: 8,
  patchStride: 4,
  gridSize: 3,
  subcropPixels: 7,
  depth: 18,
  width: 4,
  contextUnits: 6,
  contextBlocks: 2,
  lastOffset: 2,
  batchSize: 2,
  negativeCount: 8,
} as const;

const scenes = (side = 20) => createScenes({ seed: 1, train: 6, test: 0, side });

describeDomain('vision, basic blocks and masked convolutions', { create: () => createVisionDomain(scenes(), tiny) });
describeDomain('vision, bottleneck blocks, group normalisation, a row GRU and negatives of the own image', {
  create: () =>
    createVisionDomain(scenes(24), {
      ...{ ...tiny, resizePixels: 24, gridSize: 4 }, // two rows of contexts count: the state carries something
      depth: 26,
      normalisation: 'group',
      context: 'row-gru',
      negatives: 'own-image',
    }),
});
describeDomain('vision, the paper’s stem in grey, layer normalisation, negatives of other images', {
  create: () =>
    createVisionDomain(scenes(), {
      ...tiny,
      colour: 'grey',
      stem: '7x7-pool',
      normalisation: 'layer',
      negatives: 'other-images',
    }),
});
