import { execFileSync, spawnSync } from 'node:child_process';
import { createRandom } from '@cpc/base';
import type { Engine } from '@cpc/core';
import { adam, sgd } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { initialiseMlp, type MlpBatch, mlp, mlpBatch, prepareMlpStep } from './mlp-step.js';

const sizes = { width: 4, hiddenUnits: 6, classes: 3 };
const engines: Record<string, Engine> = {};
beforeAll(async () => {
  engines.onnx = await createEngine({ name: 'onnx', threads: 1 });
  engines.cpu = await createEngine({ name: 'cpu' });
});

function batch(seed: number): MlpBatch {
  const random = createRandom(seed);
  return {
    features: { shape: [5, 4], data: Float32Array.from({ length: 20 }, () => random.normal()) },
    labels: { shape: [5], data: Int32Array.from({ length: 5 }, () => random.integer(3)) },
    shares: { shape: [5], data: Float32Array.of(0.25, 0.25, 0.25, 0.25, 0) }, // the fifth fills up
  };
}

/** Mean cross-entropy of the first four examples, in plain loops. */
function lossByLoops(
  parameters: Readonly<Record<string, { readonly data: ArrayLike<number> }>>,
  { features, labels }: MlpBatch,
): number {
  const value = (name: string, index: number) => parameters[name]?.data[index] ?? 0;
  let total = 0;
  for (let row = 0; row < 4; row++) {
    const hidden = Array.from({ length: 6 }, (_, h) =>
      Math.max(
        0,
        [0, 1, 2, 3].reduce(
          (sum, f) => sum + (features.data[row * 4 + f] ?? 0) * value('hidden/kernel', f * 6 + h),
          value('hidden/bias', h),
        ),
      ),
    );
    const scores = [0, 1, 2].map((k) =>
      hidden.reduce((sum, unit, h) => sum + unit * value('output/kernel', h * 3 + k), value('output/bias', k)),
    );
    const odds = scores.reduce((sum, score) => sum + Math.exp(score), 0);
    total += Math.log(odds) - (scores[labels.data[row] ?? 0] ?? 0);
  }
  return total / 4;
}

async function trained(
  name: string,
  options: { steps: number; weightDecay?: number; optimiser?: ReturnType<typeof adam> },
) {
  const { steps, weightDecay = 0, optimiser = adam({ learningRate: 0.01 }) } = options;
  const parameters = initialiseMlp(sizes, createRandom(1));
  const engine = engines[name];
  if (engine === undefined) throw new Error(name);
  const step = await prepareMlpStep({ engine, optimiser, parameters, batchSize: 5, weightDecay });
  const losses: number[] = [];
  for (let number = 1; number <= steps; number++) losses.push(await step.run(batch(number), number));
  const after = Object.fromEntries(
    Object.entries(step.current()).map(([path, { shape, data }]) => [path, { shape, data: Float32Array.from(data) }]),
  );
  await step.dispose();
  return { losses, before: parameters, after };
}

describe('one step of the probe with a hidden layer', () => {
  it('sees a loss of ln 3 where the output kernel is 0, whatever the features', () => {
    const parameters = initialiseMlp(sizes, createRandom(1));
    const scores = tf.tidy(() => {
      const tensors = Object.fromEntries(
        Object.entries(parameters).map(([name, { shape, data }]) => [
          name,
          name === 'output/kernel' ? tf.zeros([...shape]) : tf.tensor(data, [...shape]),
        ]),
      );
      return tf.softmax(mlp(tf.ones([2, 4]), tensors)).dataSync();
    });
    for (const share of scores) expect(share).toBeCloseTo(1 / 3, 6);
  });

  it.each(['onnx', 'cpu'])(
    'agrees on %s with the loss in plain loops, and moves against its finite differences',
    async (name) => {
      const { losses, before, after } = await trained(name, { steps: 1, optimiser: sgd({ learningRate: 1 }) });
      expect(losses[0]).toBeCloseTo(lossByLoops(before, batch(1)), 6);
      for (const [path, { data }] of Object.entries(before)) {
        for (const index of data.keys()) {
          const moved = (by: number) => {
            const changed = Float64Array.from(data);
            changed[index] = (changed[index] ?? 0) + by;
            return lossByLoops({ ...before, [path]: { data: changed } }, batch(1));
          };
          const slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
          expect(Math.abs((data[index] ?? 0) - slope - (after[path]?.data[index] ?? 0))).toBeLessThan(1e-5);
        }
      }
    },
  );

  it('takes rate x decay off the kernels only, where the gradient is 0', async () => {
    const nothing = sgd({ learningRate: 0.1 });
    const { before, after } = await trained('onnx', {
      steps: 1,
      weightDecay: 0.5,
      optimiser: { ...nothing, update: ({ parameter, moments }) => ({ parameter: tf.clone(parameter), moments }) },
    });
    for (const [path, { data }] of Object.entries(before)) {
      const factor = path.endsWith('kernel') ? 0.95 : 1;
      for (const [index, value] of data.entries()) expect(after[path]?.data[index]).toBeCloseTo(factor * value, 6);
    }
  });

  it('leaves no tensor behind on an eager engine', async () => {
    await trained('cpu', { steps: 1 });
    const before = tf.memory().numTensors;
    await trained('cpu', { steps: 2 });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('mlpBatch', () => {
  it('takes rows 4 and 2 of 6 into a batch of 3, with half a share each and none for the third', () => {
    const features = { shape: [6, 2], data: Float32Array.from({ length: 12 }, (_, index) => index) };
    const { labels, shares, ...rest } = mlpBatch([4, 2], 3, { features, labels: Int32Array.of(0, 1, 2, 3, 4, 5) });
    expect([...rest.features.data]).toEqual([8, 9, 4, 5, 8, 9]);
    expect([...labels.data]).toEqual([4, 2, 4]);
    expect([...shares.data]).toEqual([0.5, 0.5, 0]);
  });
});

const probe = spawnSync('python3', ['-c', 'import torch'], { encoding: 'utf8' });
const reason = probe.status === 0 ? '' : ' (skipped: python3 cannot import torch)';

describe.skipIf(probe.status !== 0)(`PyTorch's AdamW${reason}`, () => {
  it('takes the same 20 steps, decaying kernels by 0.1: every parameter to 1e-5', async () => {
    const { losses, before, after } = await trained('onnx', { steps: 20, weightDecay: 0.1 });
    const program = `
import json, sys, torch
given = json.load(sys.stdin)
p = {name: torch.tensor(v['data'], dtype=torch.float32).reshape(v['shape']).requires_grad_() for name, v in given['parameters'].items()}
kernels = [v for name, v in p.items() if name.endswith('kernel')]
biases = [v for name, v in p.items() if name.endswith('bias')]
optimiser = torch.optim.AdamW([{'params': kernels, 'weight_decay': 0.1}, {'params': biases, 'weight_decay': 0}], lr=0.01)
losses = []
for batch in given['batches']:
    x = torch.tensor(batch['x']).reshape(5, 4)[:4]
    hidden = torch.relu(x @ p['hidden/kernel'] + p['hidden/bias'])
    loss = torch.nn.functional.cross_entropy(hidden @ p['output/kernel'] + p['output/bias'], torch.tensor(batch['y'])[:4])
    optimiser.zero_grad(); loss.backward(); optimiser.step(); losses.append(loss.item())
print(json.dumps({'losses': losses, 'parameters': {name: v.detach().ravel().tolist() for name, v in p.items()}}))`;
    const input = JSON.stringify({
      parameters: Object.fromEntries(
        Object.entries(before).map(([name, { shape, data }]) => [name, { shape, data: [...data] }]),
      ),
      batches: losses.map((_, index) => {
        const { features, labels } = batch(index + 1);
        return { x: [...features.data], y: [...labels.data] };
      }),
    });
    const theirs: { losses: number[]; parameters: Record<string, number[]> } = JSON.parse(
      execFileSync('python3', ['-c', program], { input, encoding: 'utf8' }),
    );
    for (const [index, loss] of losses.entries())
      expect(Math.abs(loss - (theirs.losses[index] ?? 0))).toBeLessThan(1e-5);
    for (const [name, { data }] of Object.entries(after)) {
      for (const [index, value] of data.entries())
        expect(Math.abs(value - (theirs.parameters[name]?.[index] ?? Number.NaN))).toBeLessThan(1e-5);
    }
  });
});
