import { type LoadedOnnx, loadOnnx, readOnnx } from '@cpc/compile';
import { nodeRuntime } from '@cpc/compile/node';
import { createRandom } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { describe, expect, it } from 'vitest';
import { cropped, middlePatches } from './data/augmentation.js';
import { exportContext, exportImageEncoder, exportPatchEncoder } from './export-model.js';
import { createImageEncoder, pooledFeatures } from './features.js';
import { initialiseVisionModel } from './model.js';
import { noisyPicture, tinySettings } from './test-support/tensors.js';

const settings = { ...tinySettings, colour: 'rgb' as const };
const tree = initialiseVisionModel(settings, createRandom(1));
const parts = { settings, parameters: tree };
const pictures = [1, 2, 3].map((seed) => noisyPicture(20, seed));

async function expected() {
  const encoder = createImageEncoder({
    settings,
    parameters: tree,
    engine: await createEngine({ name: 'onnx', threads: 1 }),
  });
  const features = await encoder.encode(pictures);
  await encoder.dispose();
  return features;
}

async function run(bytes: Uint8Array, inputs: Parameters<LoadedOnnx['run']>[0]) {
  const session = await loadOnnx(bytes, { runtime: await nodeRuntime({ threads: 1 }) });
  const outputs = await session.run(inputs);
  await session.dispose();
  return outputs;
}

function expectClose(actual: ArrayLike<number> | undefined, wanted: Float32Array): void {
  expect(actual?.length).toBe(wanted.length);
  for (const [at, value] of wanted.entries()) expect(actual?.[at]).toBeCloseTo(value, 4);
}

describe('exported models', () => {
  it('of patches agree with the encoder to 1e-4 for 9 and 27 patches, and tell what they take', async () => {
    const bytes = exportPatchEncoder(parts);
    expect(readOnnx(bytes).metadata.input).toContain('Values 0 to 255 divided by 127.5, less 1');
    const { latents } = await expected();
    for (const count of [1, 3]) {
      const data = new Float32Array(count * 9 * 192);
      for (let at = 0; at < count; at++)
        middlePatches(pictures[at] ?? noisyPicture(20), settings, data.subarray(at * 1728, (at + 1) * 1728));
      const outputs = await run(bytes, { patches: { shape: [count * 9, 8, 8, 3], data } });
      expect(outputs.latents?.shape).toEqual([count * 9, 16]);
      expectClose(outputs.latents?.data, latents.data.subarray(0, count * 9 * 16));
    }
  });

  it('of images give the mean of the latents of 1 and 3 images, from values 0 to 255', async () => {
    const bytes = exportImageEncoder(parts);
    expect(JSON.parse(readOnnx(bytes).metadata.settings ?? '')).toEqual(settings);
    const pooled = pooledFeatures((await expected()).latents);
    for (const count of [1, 3]) {
      const data = new Float32Array(count * 768);
      for (let at = 0; at < count; at++) {
        const pixels = cropped(pictures[at] ?? noisyPicture(20), settings, { top: 2, left: 2, isMirrored: false });
        data.set(
          pixels.map((value) => (value + 1) * 127.5),
          at * 768,
        );
      }
      const outputs = await run(bytes, { images: { shape: [count, 16, 16, 3], data } });
      expect(outputs.vectors?.shape).toEqual([count, 16]);
      expectClose(outputs.vectors?.data, pooled.data.subarray(0, count * 16));
    }
  });

  it.each(['masked-convolutions', 'row-gru'] as const)('of %s agree for 1 and 3 grids', async (context) => {
    const model = { ...settings, context };
    const own = initialiseVisionModel(model, createRandom(1));
    const bytes = exportContext({ settings: model, parameters: own });
    const engine = await createEngine({ name: 'onnx', threads: 1 });
    const encoder = createImageEncoder({ settings: model, parameters: own, engine });
    const { latents, contexts } = await encoder.encode(pictures);
    await encoder.dispose();
    for (const count of [1, 3]) {
      const data = latents.data.slice(0, count * 144);
      const outputs = await run(bytes, { latents: { shape: [count, 3, 3, 16], data } });
      expect(outputs.contexts?.shape).toEqual([count, 3, 3, 6]);
      expectClose(outputs.contexts?.data, contexts.data.subarray(0, count * 54));
    }
  });
});
