/**
 * An experiment whose answer is known: a critic learns from pairs of correlated Gaussians, and its estimate stands beside the
 * information they have.
 */
import type { Engine } from '../engines/engine.js';
import { CpcArgumentError, CpcError } from '../errors.js';
import { adam } from '../optimisers/adam.js';
import { cosineDecay } from '../optimisers/schedules.js';
import type { HostArray, Tree } from '../parameter-tree.js';
import type { Random } from '../random.js';
import { type MeanAndDeviation, meanAndDeviation } from '../statistics/mean-and-deviation.js';
import { type CorrelatedGaussians, drawPairs, gaussianInformation } from './correlated-gaussians.js';
import { prepareCriticStep } from './critic-step.js';
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
  /** Batches that the trained critic is judged on, drawn apart from those it was trained on; >= 1, default 50. */
  readonly judgedBatches?: number;
  readonly engine: Engine;
  /** Draws first parameters and all pairs. */
  readonly random: Random;
}

export interface InformationEstimate {
  /** I(x; y), in nats. */
  readonly truthNats: number;
  /** Over the batches judged. */
  readonly estimateNats: MeanAndDeviation;
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
  const { batchSize = 128, steps = 3000, judgedBatches = 50 } = experiment;
  requireCounts({ batchSize, steps, judgedBatches });
  const { dimensions } = gaussians;
  const parameters = critic.initialise(dimensions, random.fold('critic'));
  const optimiser = adam({ learningRate: cosineDecay({ from: learningRate, steps: Math.max(1, steps) }) });
  const step = await prepareCriticStep({ critic, estimator, engine, optimiser, parameters, batchSize, dimensions });
  try {
    const objectives: number[] = [];
    for (let number = 1; number <= steps; number++) {
      const objective = await step.run(drawPairs(gaussians, batchSize, random.fold('train', number)), number);
      requireFinite(objective, number);
      objectives.push(objective);
    }
    const estimates: number[] = [];
    for (let batch = 0; batch < judgedBatches; batch++) {
      estimates.push(await step.estimate(drawPairs(gaussians, batchSize, random.fold('judge', batch))));
    }
    return {
      truthNats: gaussianInformation(gaussians),
      estimateNats: meanAndDeviation(estimates),
      limitNats: Math.log(batchSize),
      objectives,
      parameters: step.current(),
    };
  } finally {
    await step.dispose();
  }
}

function requireFinite(objective: number, step: number): void {
  if (Number.isFinite(objective)) return;
  throw new CpcError({
    where: `estimateInformation, step ${step}`,
    expected: 'a finite objective',
    received: String(objective),
    fix: 'Lower the learning rate, or raise batchSize.',
  });
}

function requireCounts(counts: Readonly<Record<'batchSize' | 'steps' | 'judgedBatches', number>>): void {
  const least = { batchSize: 2, steps: 0, judgedBatches: 1 };
  for (const [argument, minimum] of Object.entries(least)) {
    const received = counts[argument as keyof typeof counts];
    if (Number.isInteger(received) && received >= minimum) continue;
    const expected = `a whole number of at least ${minimum}`;
    throw new CpcArgumentError({ where: 'estimateInformation', argument, expected, received });
  }
}
