/** Images to latents and contexts with a model as it would be after training, beside the same in PyTorch: what using a model costs. */
import { createRandom } from '@cpc/core';
import type { BenchmarkCase, CaseInput } from '@cpc/testing';
import {
  createImageEncoder,
  createScenes,
  initialiseVisionModel,
  middlePatches,
  type Picture,
  patchesShape,
  type VisionSettings,
} from '@cpc/vision';
import { visionSettings } from './vision-input.js';

export interface ImagesInput extends CaseInput {
  readonly settings: VisionSettings;
  readonly pictures: readonly Picture[];
}

const imageCount = 8;

export const encodeImages: BenchmarkCase<ImagesInput> = {
  name: 'vision-embed',
  summary: `latents and contexts of ${imageCount} images`,
  timed: true,
  prepare: async ({ preset }) => {
    const settings = visionSettings('bench vision-embed', preset);
    const images = createScenes({ seed: 1, train: imageCount, test: 0, side: settings.resizePixels });
    const pictures = await Promise.all(Array.from({ length: imageCount }, (_, index) => images.read(index)));
    const parameters = initialiseVisionModel(settings, createRandom(1));
    const patches = cutPatches(pictures, settings);
    return { settings, pictures, parameters, batches: [{ patches }] };
  },
  ours: ({ settings, pictures, parameters }, tools) =>
    tools.encoding('onnx', async (engine) => {
      const encoder = createImageEncoder({ settings, parameters, engine });
      const encode = async () => {
        const { latents, contexts } = await encoder.encode(pictures);
        return { latents: latents.data, contexts: contexts.data };
      };
      return { encode, dispose: encoder.dispose };
    }),
  peer: (input, tools) => tools.pythonTwin(input, 'packages/vision/benchmarks/encode_images.py'),
};

/** What the encoder cuts out of them, for a peer that is given patches. */
function cutPatches(pictures: readonly Picture[], settings: VisionSettings) {
  const shape = patchesShape(settings, pictures.length);
  const size = shape.reduce((product, length) => product * length, 1 / pictures.length);
  const data = new Float32Array(size * pictures.length);
  for (const [slot, picture] of pictures.entries()) {
    middlePatches(picture, settings, data.subarray(slot * size, (slot + 1) * size));
  }
  return { shape, data };
}
