import { createRandom } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../engines/engine.js';
import { createEngine } from '../node/engines.js';
import { mapTree } from '../parameter-tree.js';
import { drawPairs, gaussiansOfInformation, logDensityRatios } from './correlated-gaussians.js';
import { bilinearCritic, separableCritic } from './critics.js';
import { estimateInformation, type InformationEstimate, type InformationExperiment } from './estimate-information.js';
import { type InformationEstimator, infoNceEstimator, jensenShannonEstimator, nwjEstimator } from './estimators.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ name: 'onnx', threads: 1 });
});

const gaussians = gaussiansOfInformation({ dimensions: 2, informationNats: 1 });
const critic = separableCritic({ hiddenUnits: 64, embeddingSize: 16 });
const experiment = (changes: Partial<InformationExperiment> = {}): InformationExperiment => ({
  gaussians,
  estimator: infoNceEstimator,
  critic,
  batchSize: 128,
  steps: 1200,
  learningRate: 1e-2,
  judgedBatches: 100,
  engine,
  random: createRandom(1),
  ...changes,
});

const trained = new Map<InformationEstimator, Promise<InformationEstimate>>();

/** One training for each estimator, however many facts are told of it. */
function trainedBy(estimator: InformationEstimator): Promise<InformationEstimate> {
  const found = trained.get(estimator) ?? estimateInformation(experiment({ estimator }));
  trained.set(estimator, found);
  return found;
}

/** Learned scores of 128 fresh pairs beside the analytic log ratios, `[128][128]` each. */
async function learnedAndAnalytic(estimator: InformationEstimator) {
  const { parameters } = await trainedBy(estimator);
  const pairs = drawPairs(gaussians, 128, createRandom(99));
  const side = (data: Float32Array) => tf.tensor2d(data, [128, 2]);
  const scores = critic.scores(
    mapTree(parameters, ({ shape, data }) => tf.tensor(data, [...shape])),
    side(pairs.x.data),
    side(pairs.y.data),
  );
  const ratios = logDensityRatios(gaussians, pairs).data;
  return scores.arraySync().map((row, i) => row.map((score, j) => ({ score, ratio: ratios[i * 128 + j] ?? 0 })));
}

/** Root of the mean squared difference of values, each weighted by how often such a pair occurs. */
function weightedDistance(rows: readonly (readonly { score: number; ratio: number }[])[], shift: number): number {
  const cells = rows.flat();
  const weights = cells.map(({ ratio }) => Math.exp(ratio)); // density of pairs that belong together
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const squares = cells.map(({ score, ratio }, index) => (weights[index] ?? 0) * (score - ratio - shift) ** 2);
  return Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / total);
}

describe('estimateInformation', () => {
  it('finds 1 nat within 0.1 by InfoNCE, with a critic it learned, below ln 128', async () => {
    const { estimateNats, truthNats, limitNats, objectives } = await trainedBy(infoNceEstimator);
    expect(truthNats).toBeCloseTo(1, 9);
    expect(limitNats).toBeCloseTo(Math.log(128), 9);
    expect(Math.abs(estimateNats.mean - 1)).toBeLessThan(0.1);
    expect(objectives).toHaveLength(1200);
  });

  it.each([nwjEstimator, jensenShannonEstimator])('finds it within 0.15 by $name', async (estimator) => {
    const { estimateNats } = await trainedBy(estimator);
    expect(Math.abs(estimateNats.mean - 1)).toBeLessThan(0.15);
  });

  it('learns by Jensen-Shannon the log density ratio itself, to 0.3 nats root mean square over pairs that occur', async () => {
    const rows = await learnedAndAnalytic(jensenShannonEstimator);
    expect(weightedDistance(rows, 0)).toBeLessThan(0.3);
  });

  it('learns by NWJ the log density ratio plus 1', async () => {
    const rows = await learnedAndAnalytic(nwjEstimator);
    expect(weightedDistance(rows, 1)).toBeLessThan(0.3);
    expect(weightedDistance(rows, 0)).toBeGreaterThan(0.6);
  });

  it('learns by InfoNCE the log density ratio up to a function of x: to 0.3 nats once every row is centred', async () => {
    const rows = await learnedAndAnalytic(infoNceEstimator);
    const centred = rows.map((row) => {
      const weights = row.map(({ ratio }) => Math.exp(ratio));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const shift = row.reduce((sum, { score, ratio }, j) => sum + (weights[j] ?? 0) * (score - ratio), 0) / total;
      return row.map(({ score, ratio }) => ({ score: score - shift, ratio }));
    });
    expect(weightedDistance(centred, 0)).toBeLessThan(0.3);
  });

  it('stays below ln 8 = 2.08 where there are 10 nats, and near it', async () => {
    const rich = gaussiansOfInformation({ dimensions: 4, informationNats: 10 });
    const { estimateNats } = await estimateInformation(experiment({ gaussians: rich, batchSize: 8, steps: 600 }));
    expect(estimateNats.mean).toBeLessThan(Math.log(8));
    expect(estimateNats.mean).toBeGreaterThan(1.6);
  });

  it('judges 3 times on the way and ends where it ends without: after 90, 180, 270 and 300 of 300 steps', async () => {
    const { course, estimateNats } = await estimateInformation(experiment({ steps: 300, judgeEvery: 90 }));
    const unwatched = await estimateInformation(experiment({ steps: 300 }));
    expect(course.map(({ step }) => step)).toEqual([90, 180, 270, 300]);
    expect(course.at(-1)?.estimateNats).toEqual(estimateNats);
    expect(unwatched.course).toEqual([{ step: 300, estimateNats: unwatched.estimateNats }]);
    expect(estimateNats).toEqual(unwatched.estimateNats);
    expect(estimateNats.mean).toBeGreaterThan(course[0]?.estimateNats.mean ?? 1);
  });

  it('judges an untrained critic, whose scores are all 0, to have found 0 nats', async () => {
    const { estimateNats, course } = await estimateInformation(experiment({ steps: 0 }));
    expect(estimateNats.mean).toBeCloseTo(0, 6);
    expect(course).toHaveLength(1);
  });

  it('gives the same estimate twice for a seed, another for another', async () => {
    const short = (seed: number) =>
      estimateInformation(experiment({ critic: bilinearCritic, steps: 20, random: createRandom(seed) }));
    const [first, second, other] = [await short(1), await short(1), await short(2)];
    expect(second).toEqual(first);
    expect(other.estimateNats.mean).not.toBe(first.estimateNats.mean);
  });

  it('stops with an error that names the step where NWJ leaves what float32 holds', async () => {
    const wild = experiment({ estimator: nwjEstimator, batchSize: 4, learningRate: 5 });
    await expect(estimateInformation(wild)).rejects.toThrow(/training step \d+: expected a finite loss/);
  });

  it('refuses a batch of 1, -1 steps, no batch to judge, and judging after every 0.5 steps', async () => {
    for (const changes of [{ batchSize: 1 }, { steps: -1 }, { judgedBatches: 0 }, { judgeEvery: 0.5 }]) {
      await expect(estimateInformation(experiment(changes))).rejects.toThrow(/a whole number of at least/);
    }
  });
});
