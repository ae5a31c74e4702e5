import { ensureBuilt } from '@cpc/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { askForBackends, inspectEngines } from './doctor.js';
import { tryEngine } from './engine-trial.js';
import { loadTensorflow } from './tensorflow.js';

// The processes that the inspection starts run built files.
beforeAll(() => ensureBuilt('@cpc/core'), 300_000);

describe('inspectEngines', () => {
  it('finds that the plain JavaScript engine multiplies 2 by 2 matrices in a process of its own', async () => {
    const tried: string[] = [];
    const { engines, packages } = await inspectEngines({
      onTry: (engine, provider) => tried.push(`${engine} ${provider}`),
    });
    expect(engines.find(({ engine }) => engine === 'cpu')).toMatchObject({ works: true, provider: 'cpu' });
    expect(tried.at(-1)).toBe('cpu cpu');
    expect(packages.map(({ name }) => name)).toEqual([
      'onnxruntime-node',
      '@tensorflow/tfjs-node-gpu',
      '@tensorflow/tfjs-node',
    ]);
    for (const report of engines) if (!report.works) expect(report.fix).toMatch(/\.$/);
  });

  it('takes onnx on cpu by itself where the runtime loads and TensorFlow has no GPU', async ({ skip }) => {
    const { engines, packages, automatic } = await inspectEngines();
    if (packages[0]?.loads !== true) skip('onnxruntime-node does not load on this machine');
    if (engines.some(({ engine, provider }) => engine === 'tensorflow' && provider === 'gpu')) skip('there is a GPU');
    expect(automatic).toEqual({ engine: 'onnx', provider: 'cpu' });
  });

  it('reports an engine that gives no answer within 0.05 s, and goes on', async () => {
    const { engines } = await inspectEngines({ timeoutSeconds: 0.05 });
    expect(engines.find(({ engine }) => engine === 'cpu')).toMatchObject({
      works: false,
      reason: 'gave no answer within 0.05 s',
    });
  });
});

describe('askForBackends', () => {
  it('gives as the reason what a runtime that does not load says, in its own 1 sentence', async () => {
    const broken = 'data:text/javascript,throw new Error("libonnxruntime.so.1: cannot open shared object file")';
    expect(await askForBackends(broken)).toEqual({ error: 'libonnxruntime.so.1: cannot open shared object file' });
  });

  it('gives the 2 backends of one that loads', async () => {
    const backends = '[{ name: "cpu" }, { name: "webgpu" }]';
    const module = `data:text/javascript,export const listSupportedBackends = () => ${backends}`;
    expect(await askForBackends(module)).toEqual({ value: [{ name: 'cpu' }, { name: 'webgpu' }] });
  });
});

describe('tryEngine', () => {
  it('measures the engine cpu: below 100 GFLOP/s and above 0', async () => {
    const { measured } = await tryEngine({ name: 'cpu' }, { measure: true });
    expect(measured?.matrixSize).toBe(256);
    expect(measured?.matrixGigaflops).toBeGreaterThan(0);
    expect(measured?.matrixGigaflops).toBeLessThan(100);
    expect(measured?.convolutionStepMilliseconds).toBeGreaterThan(0);
  });

  it('names the packages to install where the engine tensorflow has none', async ({ skip }) => {
    if ((await loadTensorflow()).loaded) skip('a TensorFlow package is installed');
    await expect(tryEngine({ name: 'tensorflow' })).rejects.toThrow(/npm install @tensorflow\/tfjs-node-gpu/);
  });
});
