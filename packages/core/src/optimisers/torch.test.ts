/** Optimisers and schedules against PyTorch's, step by step. Skipped where Python lacks it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createRandom } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { descend } from '../test-support/descend.js';
import { adam } from './adam.js';
import type { Optimiser } from './optimiser.js';
import { rmsprop } from './rmsprop.js';
import { cosineDecay, linearDecay, type Schedule, stepDecay } from './schedules.js';
import { sgd } from './sgd.js';

const probe = spawnSync('python3', ['-c', 'import torch']);
const reason = probe.status === 0 ? '' : ' (skipped: python3 cannot import torch)';

const steps = 12;
const random = createRandom(9);
const normals = (count: number) => Array.from({ length: count }, () => random.normal());
const start = normals(5);
const gradients = Array.from({ length: steps }, () => normals(5));

/** Ours, the constructor of theirs, its scheduler, and the schedule that should equal it. */
const cases: [
  name: string,
  ours: (learningRate: Schedule) => Optimiser,
  theirs: string,
  scheduler: string,
  Schedule,
][] = [
  [
    'sgd',
    (learningRate) => sgd({ learningRate }),
    'SGD(p, lr=0.1)',
    'LinearLR(o, 1, 0, total_iters=10)',
    linearDecay({ from: 0.1, steps: 10 }),
  ],
  [
    'sgd with momentum',
    (learningRate) => sgd({ learningRate, momentum: 0.9 }),
    'SGD(p, lr=0.1, momentum=0.9)',
    'CosineAnnealingLR(o, T_max=12, eta_min=0.02)',
    cosineDecay({ from: 0.1, to: 0.02, steps: 12 }),
  ],
  [
    'sgd after Nesterov',
    (learningRate) => sgd({ learningRate, momentum: 0.8, nesterov: true }),
    'SGD(p, lr=0.1, momentum=0.8, nesterov=True)',
    'MultiStepLR(o, milestones=[5, 8], gamma=0.1)',
    stepDecay([
      { steps: 5, rate: 0.1 },
      { steps: 3, rate: 0.01 },
      { steps: 1, rate: 0.001 },
    ]),
  ],
  [
    'rmsprop',
    (learningRate) => rmsprop({ learningRate, variant: 'pytorch' }),
    'RMSprop(p, lr=0.01)',
    'LinearLR(o, 1, 0.5, total_iters=6)',
    linearDecay({ from: 0.01, to: 0.005, steps: 6 }),
  ],
  [
    'rmsprop with momentum',
    (learningRate) => rmsprop({ learningRate, variant: 'pytorch', decay: 0.9, momentum: 0.7, epsilon: 1e-3 }),
    'RMSprop(p, lr=0.01, alpha=0.9, momentum=0.7, eps=1e-3)',
    'CosineAnnealingLR(o, T_max=20)',
    cosineDecay({ from: 0.01, steps: 20 }),
  ],
  [
    'adam',
    (learningRate) => adam({ learningRate }),
    'Adam(p, lr=0.01)',
    'CosineAnnealingLR(o, T_max=20)',
    cosineDecay({ from: 0.01, steps: 20 }),
  ],
];

const program = `
import json, sys, torch
from torch.optim import SGD, RMSprop, Adam
from torch.optim.lr_scheduler import LinearLR, CosineAnnealingLR, MultiStepLR
given = json.load(sys.stdin)
def run(optimiser, scheduler):
    leaf = torch.tensor(given['start'], dtype=torch.float64, requires_grad=True)
    o = eval(optimiser, globals(), {'p': [leaf]})
    schedule = eval(scheduler, globals(), {'o': o})
    rates, values = [], []
    for gradient in given['gradients']:
        rates.append(o.param_groups[0]['lr'])
        leaf.grad = torch.tensor(gradient, dtype=torch.float64)
        o.step()
        schedule.step()
        values.append(leaf.tolist())
    return {'rates': rates, 'values': values}
print(json.dumps([run(*one) for one in given['cases']]))`;

describe.skipIf(probe.status !== 0)(`PyTorch${reason}`, () => {
  let theirs: { rates: number[]; values: number[][] }[] = [];
  beforeAll(async () => {
    await tf.setBackend('cpu');
    const input = JSON.stringify({ start, gradients, cases: cases.map(([, , ...names]) => names.slice(0, 2)) });
    theirs = JSON.parse(execFileSync('python3', ['-c', program], { input, encoding: 'utf8' }));
  });

  for (const [index, [name, ours, , , schedule]] of cases.entries()) {
    it(`gives the rates and, to 1e-5, the parameters of 12 updates: ${name}`, () => {
      const { rates = [], values = [] } = theirs[index] ?? {};
      expect(values).toHaveLength(steps);
      for (const [step, rate] of rates.entries()) expect(schedule(step + 1)).toBeCloseTo(rate, 12);
      const received = descend(ours(schedule), start, gradients);
      for (const [step, expected] of values.entries())
        for (const [place, value] of expected.entries()) expect(received[step]?.[place]).toBeCloseTo(value, 5);
    });
  }
});
