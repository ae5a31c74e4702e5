import { createRandom, joinRows } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { describe, expect, it } from 'vitest';
import { createImageEncoder, encodeImages, pooledFeatures } from './features.js';
import { initialiseVisionModel } from './model.js';
import { noisyPicture, tinySettings } from './test-support/tensors.js';

const encoder = async (batchSize: number, seed = 1) =>
  createImageEncoder({
    settings: tinySettings,
    parameters: initialiseVisionModel(tinySettings, createRandom(seed)),
    engine: await createEngine({ name: 'onnx', threads: 1 }),
    batchSize,
  });

const pictures = [1, 2, 3].map((seed) => noisyPicture(20, seed));

describe('createImageEncoder', () => {
  it('gives [3, 9, 16] latents and [3, 9, 6] contexts, the same in batches of 1, 2 and 4', async () => {
    const [one, two, four] = await Promise.all(
      [1, 2, 4].map(async (size) => {
        const made = await encoder(size);
        const features = await made.encode(pictures);
        await made.dispose();
        return features;
      }),
    );
    expect([one?.latents.shape, one?.contexts.shape]).toEqual([
      [3, 9, 16],
      [3, 9, 6],
    ]);
    for (const other of [two, four])
      for (const name of ['latents', 'contexts'] as const)
        for (const [at, value] of (one?.[name].data ?? []).entries())
          expect(other?.[name].data[at]).toBeCloseTo(value, 5);
  });

  it('gives what another model does, bit for bit, once its parameters are loaded', async () => {
    const [made, other] = await Promise.all([encoder(4), encoder(4, 2)]);
    const before = await made.encode(pictures);
    await made.load(initialiseVisionModel(tinySettings, createRandom(2)));
    const [after, expected] = await Promise.all([made.encode(pictures), other.encode(pictures)]);
    expect(after).toEqual(expected);
    expect(after.latents.data).not.toEqual(before.latents.data);
    await Promise.all([made.dispose(), other.dispose()]);
  });

  it('encodes images of a set in their order, and refuses a batch size of 0', async () => {
    const made = await encoder(2);
    const whole = await made.encode(pictures);
    const read = async (index: number) => pictures[index] ?? noisyPicture(20);
    const { latents } = await encodeImages(made, { read }, [2, 0]);
    expect(latents.shape).toEqual([2, 9, 16]);
    for (let at = 0; at < 144; at++) expect(latents.data[at]).toBeCloseTo(whole.latents.data[288 + at] ?? 0, 5);
    await made.dispose();
    await expect(encoder(0)).rejects.toThrow(/at least 1, received 0/);
  });
});

describe('pooledFeatures and joinRows', () => {
  it('take the mean over patches: 2 and 4 give 3', () => {
    const pooled = pooledFeatures({ shape: [1, 2, 2], data: Float32Array.of(2, 10, 4, 20) });
    expect(pooled).toEqual({ shape: [1, 2], data: Float32Array.of(3, 15) });
  });

  it('join [1, 2] and [2, 2] to [3, 2]', () => {
    const joined = joinRows([
      { shape: [1, 2], data: Float32Array.of(1, 2) },
      { shape: [2, 2], data: Float32Array.of(3, 4, 5, 6) },
    ]);
    expect(joined).toEqual({ shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
  });
});
