/**
 * An experiment whose answer is known: a critic learns from pairs of correlated Gaussians, and its estimate stands beside the
 * information they have.
 */

import type { Random } from '@cpc/base';
import { CpcArgumentError } from '@cpc/base';
import type { Engine } from '../engines/engine.js';
import { type MeanAndDeviation, meanAndDeviation } from '../mean-and-deviation.js';
import { adam } from '../optimisers/adam.js';
import { cosineDecay } from '../optimisers/schedules.js';
import type { HostArray, Tree } from '../parameter-tree.js';
import { type CorrelatedGaussians, drawPairs, gaussianInformation, type Pairs } from './correlated-gaussians.js';
import { type CriticStep, prepareCriticStep } from './critic-step.js';
import { type Critic, separableCritic } from './critics.js';
import type { InformationEstimator } from './estimators.js';

export interface InformationExperiment {
  readonly gaussians: CorrelatedGaussians;
  readonly estimator: InformationEstimator;
  /** Default: `separableCritic()`. */
  readonly critic?: Critic;
  /** N >= 2, pairs of a batch, in training and in judging; default 128. */
  readonly batchSize?: number;
  /** Updates, each on pairs drawn for it alone; >= 0, default 3,000. */
  readonly steps?: number;
  /** Of Adam, > 0, falling to 0 along half a cosine; default 3e-3. */
  readonly learningRate?: number;
  /** Batches that a critic is judged on, the same each time, and none that it was trained on; >= 1, default 50. */
  readonly judgedBatches?: number;
  /** Judges the critic after every so many updates as well as after the last; >= 1, default after the last alone. */
  readonly judgeEvery?: number;
  readonly engine: Engine;
  /** Draws first parameters and all pairs. */
  readonly random: Random;
}

export interface InformationEstimate {
  /** I(x; y), in nats. */
  readonly truthNats: number;
  /** Of the critic after the last update: over the batches judged. */
  readonly estimateNats: MeanAndDeviation;
  /** Each time that the critic was judged: after how many updates, and what came out. The last is `estimateNats`. */
  readonly course: readonly { readonly step: number; readonly estimateNats: MeanAndDeviation }[];
  /** ln N: no InfoNCE estimate is above it. */
  readonly limitNats: number;
  /** What the critic was trained to raise, before each update. */
  readonly objectives: readonly number[];
  /** The critic as trained; the caller owns them. */
  readonly parameters: Tree<HostArray>;
}

/**
 * Trains a critic and judges it on fresh pairs. The same seed gives the same numbers on the same machine and engine.
 *
 * @throws {CpcArgumentError} if a number is out of range.
 * @throws {CpcError} if the objective stops being finite, as NWJ's e^f may.
 *
 * @example
 * const gaussians = gaussiansOfInformation({ dimensions: 4, informationNats: 2 });
 * const { estimateNats } = await estimateInformation({ gaussians, estimator: infoNceEstimator, engine, random: createRandom(1) });
 */
export async function estimateInformation(experiment: InformationExperiment): Promise<InformationEstimate> {
  const { gaussians, estimator, engine, random, critic = separableCritic(), learningRate = 3e-3 } = experiment;
  const { batchSize = 128, steps = 3000, judgedBatches = 50, judgeEvery = Math.max(1, steps) } = experiment;
  requireCounts({ batchSize, steps, judgedBatches, judgeEvery });
  const { dimensions } = gaussians;
  const truthNats = gaussianInformation(gaussians);
  const parameters = critic.initialise(dimensions, random.fold('critic'));
  const optimiser = adam({ learningRate: cosineDecay({ from: learningRate, steps: Math.max(1, steps) }) });
  const step = await prepareCriticStep({ critic, estimator, engine, optimiser, parameters, batchSize, dimensions });
  const draw = (purpose: string, number: number) => drawPairs(gaussians, batchSize, random.fold(purpose, number));
  try {
    const objectives: number[] = [];
    const course: InformationEstimate['course'][number][] = [];
    for (let number = 1; number <= steps; number++) {
      objectives.push(await step.run(draw('train', number), number));
      if (number % judgeEvery !== 0 || number === steps) continue;
      course.push({ step: number, estimateNats: await judged(step, judgedBatches, draw) });
    }
    const estimateNats = await judged(step, judgedBatches, draw);
    course.push({ step: steps, estimateNats });
    return { truthNats, estimateNats, course, limitNats: Math.log(batchSize), objectives, parameters: step.current() };
  } finally {
    await step.dispose();
  }
}

async function judged(
  step: CriticStep,
  batches: number,
  draw: (purpose: string, number: number) => Pairs,
): Promise<MeanAndDeviation> {
  const estimates: number[] = [];
  for (let batch = 0; batch < batches; batch++) estimates.push(await step.estimate(draw('judge', batch)));
  return meanAndDeviation(estimates);
}

function requireCounts(counts: Readonly<Record<'batchSize' | 'steps' | 'judgedBatches' | 'judgeEvery', number>>): void {
  const least = { batchSize: 2, steps: 0, judgedBatches: 1, judgeEvery: 1 };
  for (const [argument, minimum] of Object.entries(least)) {
    const received = counts[argument as keyof typeof counts];
    if (Number.isInteger(received) && received >= minimum) continue;
    const expected = `a whole number of at least ${minimum}`;
    throw new CpcArgumentError({ where: 'estimateInformation', argument, expected, received });
  }
}
