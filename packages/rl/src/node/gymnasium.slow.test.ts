/** An agent learns in an environment that lives in Python, behind the bridge. */
import { spawnSync } from 'node:child_process';
import { openEnvironment } from '@cpc/environments/node';
import type { TrainingEventOf } from '@cpc/records';
import { expect, it } from 'vitest';
import { lateReturn, tinySettings, trainTiny } from '../test-support/tiny-training.js';

const python = process.env.CPC_PYTHON ?? 'python3';
const { status } = spawnSync(python, ['-c', 'import grpc, grpc_tools, numpy, gymnasium']);
const why =
  status === 0 ? '' : ` (skipped: ${python} lacks grpcio-tools, numpy or gymnasium; CPC_PYTHON names another)`;

it.skipIf(status !== 0)(
  `CartPole-v1 of Gymnasium is solved through the bridge: 475 of 500 steps on average over 100 episodes, within 2,000 updates${why}`,
  async () => {
    const environment = await openEnvironment({
      ...{ name: 'gymnasium:CartPole-v1', copies: tinySettings.copies, threads: 0, python },
    });
    const settings = {
      ...{ learningRate: 4e-3, learningRateDecaySteps: 2000, clipNorm: 300 },
      ...{ discount: 0.98, baselineCost: 0.1, entropyCost: 3e-3 },
    };
    const seen: TrainingEventOf<'step-end'>[] = [];
    const isSolved = (step: TrainingEventOf<'step-end'>) => {
      seen.push(step);
      return (lateReturn(seen) ?? 0) >= 475;
    };
    await trainTiny({ environment, settings, steps: 2000, until: isSolved });
    expect(lateReturn(seen)).toBeGreaterThanOrEqual(475);
  },
  1_200_000,
);
