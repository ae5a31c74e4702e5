import { type HostTensor, loadOnnx, readOnnx } from '@cpc/compile';
import { nodeRuntime } from '@cpc/compile/node';
import { createRandom } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { describe, expect, it } from 'vitest';
import { exportContext, exportEncoder, exportSpeechModel, type SpeechModelParts } from './export-model.js';
import { createFeatureExtractor } from './features.js';
import { scaleInput } from './input-scaling.js';
import { initialiseSpeechModel } from './model.js';
import { type SpeechSettings, speechPresets } from './presets.js';

const settings: SpeechSettings = { ...speechPresets.small, channels: 8, contextUnits: 6 };
const parts = { settings, parameters: initialiseSpeechModel(settings, createRandom(1)) };
const withoutScaling = { ...parts, scalesInput: false };
const unscaledModel: SpeechModelParts = { ...parts, settings: { ...settings, inputScaling: 'none' } };

/** 7,250 samples: 45 frames and 50 samples. */
function sine(cycles: number, amplitude: number, offset: number): Float32Array {
  const samples = 7250;
  const at = (index: number) => offset + amplitude * Math.sin((2 * Math.PI * cycles * index) / samples);
  return Float32Array.from({ length: samples }, (_, index) => at(index));
}

const loud = sine(40, 0.9, 0);
const quietWithOffset = sine(80, 0.05, 0.2);
const nearlySilent = sine(120, 2e-4, 0);

describe('the exported model', () => {
  it('gives what the extractor gives to 1e-4 for raw recordings of 7,250 samples: loud, quiet with an offset, all but silent', async () => {
    const recordings = [loud, quietWithOffset, nearlySilent];
    const exported = await contextsOf(exportSpeechModel(parts), recordings);
    expect(exported.map(({ shape }) => shape)).toEqual([1, 2, 3].map(() => [1, 45, 6]));
    expect(largestDifference(exported, await extracted(parts, recordings))).toBeLessThan(1e-4);
  });

  it('scales each of 2 waveforms of a batch by its own level', async () => {
    const both = Float32Array.from([...loud, ...quietWithOffset]);
    const model = await loadOnnx(exportSpeechModel(parts), { runtime: await nodeRuntime({ threads: 1 }) });
    const state = { shape: [2, 6], data: new Float32Array(12) };
    const { contexts } = await model.run({ waveform: { shape: [2, 7250], data: both }, state });
    await model.dispose();
    const rows = [0, 1].map((row) => Float32Array.from(contexts?.data.slice(row * 270, (row + 1) * 270) ?? []));
    const alone = await extracted(parts, [loud, quietWithOffset]);
    expect(
      largestDifference(
        rows.map((row) => tensor(row)),
        alone,
      ),
    ).toBeLessThan(1e-4);
  });

  it('without scaling gives the same of recordings that are scaled before, and something else of raw ones', async () => {
    const raw = [quietWithOffset.subarray(0, 7200)];
    const scaled = raw.map((waveform) => waveform.slice());
    for (const waveform of scaled) scaleInput(waveform, 'unit-variance');
    const file = exportSpeechModel(withoutScaling);
    const expected = await extracted(parts, raw);
    expect(largestDifference(await contextsOf(file, scaled), expected)).toBeLessThan(1e-4);
    expect(largestDifference(await contextsOf(file, raw), expected)).toBeGreaterThan(0.01);
  });

  it.each([
    ['scales', parts],
    ['leaves scaling to the caller', withoutScaling],
    ['is not scaled', unscaledModel],
  ])('that %s refuses 159 samples, says that 160 are needed, and takes 160', async (_, model) => {
    await expect(contextsOf(exportSpeechModel(model), [loud.subarray(0, 159)])).rejects.toThrow(
      'the axis "samples" should be at least 160 long, received 159',
    );
    expect((await contextsOf(exportSpeechModel(model), [loud.subarray(0, 160)]))[0]?.shape).toEqual([1, 1, 6]);
  });
});

it('the extractor refuses 159 samples, and says that 160 are needed', async () => {
  await expect(extracted(parts, [loud.subarray(0, 159)])).rejects.toThrow(/at least 160 samples.*received 159/s);
});

describe('metadata', () => {
  it.each([
    [
      'model',
      parts,
      /the last multiple of 160 are left out\. The model scales every waveform itself: subtract the mean/,
    ],
    ['caller', withoutScaling, /a multiple of 160\. Scale before: subtract the mean .* standard deviation and 0\.001/],
    ['nobody', unscaledModel, /a multiple of 160\. Not scaled\./],
  ])('say that %s scales the input of encoder and whole model, and the rule', (scaledBy, model, input) => {
    for (const file of [exportEncoder(model), exportSpeechModel(model)])
      expect(readOnnx(file).metadata).toMatchObject({
        scaledBy,
        input: expect.stringMatching(input),
        hopSamples: '160',
      });
  });

  it('of the context say nothing of waveforms', () => {
    expect(readOnnx(exportContext(parts)).metadata).toEqual({ sampleRateHz: '16000', hopSamples: '160' });
  });
});

async function contextsOf(file: Uint8Array, waveforms: readonly Float32Array[]): Promise<HostTensor[]> {
  const model = await loadOnnx(file, { runtime: await nodeRuntime({ threads: 1 }) });
  try {
    const contexts: HostTensor[] = [];
    for (const data of waveforms) {
      const state = tensor(new Float32Array(6), [1, 6]);
      const outputs = await model.run({ waveform: tensor(data, [1, data.length]), state });
      if (outputs.contexts !== undefined) contexts.push(outputs.contexts);
    }
    return contexts;
  } finally {
    await model.dispose();
  }
}

async function extracted(model: SpeechModelParts, waveforms: readonly Float32Array[]): Promise<HostTensor[]> {
  const extractor = createFeatureExtractor({ ...model, engine: await createEngine({ name: 'cpu' }) });
  const contexts: HostTensor[] = [];
  for (const waveform of waveforms) contexts.push((await extractor.extract(waveform)).contexts);
  return contexts;
}

function tensor(data: Float32Array, shape: readonly number[] = [data.length]): HostTensor {
  return { shape, data };
}

function largestDifference(one: readonly HostTensor[], other: readonly HostTensor[]): number {
  const differences = one.flatMap(({ data }, index) =>
    Array.from(data, (value, place) => Math.abs(value - (other[index]?.data[place] ?? Number.NaN))),
  );
  return Math.max(...differences);
}
