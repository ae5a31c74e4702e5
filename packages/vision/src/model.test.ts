import { describeDomain } from '@cpc/testing';
import { createScenes } from './synthesis/scenes.js';
import { tinySettings as tiny } from './test-support/tensors.js';
import { createVisionDomain } from './vision-domain.js';

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
describeDomain(
  'vision, the paper’s stem in grey, layer normalisation, negatives of other images, blocks computed again',
  {
    create: () =>
      createVisionDomain(scenes(), {
        ...tiny,
        colour: 'grey',
        stem: '7x7-pool',
        normalisation: 'layer',
        negatives: 'other-images',
        recomputeBlocks: true,
      }),
  },
);
