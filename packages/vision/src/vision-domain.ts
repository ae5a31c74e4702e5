/**
 * Pictures as a domain of core: patches in, the model of `model.ts` over them. A sequence is one column of an image's grid, and a
 * position is one of its rows.
 */
import { CpcArgumentError, type Domain } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { patchesShape } from './data/augmentation.js';
import { createBatchSampler } from './data/batch-sampler.js';
import type { ImageSet } from './data/image-set.js';
import { latentSize } from './encoder/architecture.js';
import { contextualise, encodePatches, initialiseVisionModel } from './model.js';
import { patchNegatives } from './negatives.js';
import type { VisionSettings } from './presets.js';

/** Pictures as a domain. */
export interface VisionDomain extends Domain {
  /** Images that batches are drawn from. */
  readonly imageCount: number;
}

export interface VisionDomainOptions {
  /** Fail at a damaged picture instead of drawing another; default false. */
  readonly strict?: boolean;
}

/**
 * Training on pictures with the given settings. Images whose data say that they are held out are not drawn.
 *
 * @throws {CpcError} if there are fewer images than a batch has.
 * @throws {CpcArgumentError} if offsets do not lie within the grid, or there are too few patches for the negatives.
 *
 * @example
 * const domain = createVisionDomain(createScenes({ seed: 1, train: 600, test: 200, side: 75 }), visionPresets.small);
 */
export function createVisionDomain(
  images: ImageSet,
  settings: VisionSettings,
  { strict = false }: VisionDomainOptions = {},
): VisionDomain {
  const { batchSize, gridSize, contextUnits, predictorScale } = settings;
  requireOffsets(settings);
  const indices = [...images.images.keys()].filter((index) => images.images[index]?.side !== 'test');
  const sampler = createBatchSampler(images, { settings, batchSize, indices, strict });
  const size = latentSize(settings);
  const layout = { sequences: batchSize * gridSize, positions: gridSize, latentSize: size, contextSize: contextUnits };
  const shape = patchesShape(settings, batchSize);
  return {
    name: 'vision',
    imageCount: indices.length,
    layout,
    offsets: Array.from(
      { length: settings.lastOffset - settings.firstOffset + 1 },
      (_, index) => settings.firstOffset + index,
    ),
    predictorScale,
    negatives: patchNegatives(settings.negatives, settings.negativeCount, gridSize),
    initialise: (random) => initialiseVisionModel(settings, random),
    batch: { patches: { shape, dtype: 'float32' } },
    draw: async (random) => ({ patches: { shape, data: (await sampler.draw(random)).patches } }),
    damaged: sampler.damaged,
    encode: (parameters, { patches }) =>
      tf.tidy(() => {
        const latents = encodePatches(settings, parameters, patches as tf.Tensor4D); // [N, D]
        return tf.reshape(latents, [batchSize * gridSize, gridSize, size]);
      }),
    contextualise: (parameters, latents) => contextualise(settings, parameters, latents),
  };
}

function requireOffsets({ firstOffset, lastOffset, gridSize }: VisionSettings): void {
  if (firstOffset >= 1 && firstOffset <= lastOffset && lastOffset < gridSize) return;
  throw new CpcArgumentError({
    where: 'createVisionDomain',
    argument: 'lastOffset',
    expected: `offsets from 1 to ${gridSize - 1}, the first not behind the last`,
    received: `${firstOffset} to ${lastOffset}`,
  });
}
