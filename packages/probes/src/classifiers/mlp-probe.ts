/**
 * A probe with one hidden layer of rectified units: what a little more than a linear classifier reads off frozen features
 * (section 3.1 of the paper: phones rise from 64.6 to 72.5 %; it names neither width nor training, so both are ours).
 *
 * Letters used for shapes here:
 *   N  examples    F  features    H  hidden units    C  classes
 */

import type { Random } from '@cpc/base';
import { CpcArgumentError, CpcError, entryAt } from '@cpc/base';
import type { NamedHostTensors } from '@cpc/compile';
import type { Engine } from '@cpc/core';
import { adam, float32Specs, type HostArray } from '@cpc/core';
import { checkExamples, checkFeatures, gatherRows, type LabelledExamples } from '../examples/examples.js';
import { gatherLabels } from '../examples/gather-labels.js';
import { holdOutGroups } from '../folds/held-out.js';
import { initialiseMlp, type MlpParameters, type MlpStep, mlp, mlpBatch, prepareMlpStep } from './mlp-step.js';
import { rowFunction } from './row-blocks.js';

export interface MlpProbeOptions extends LabelledExamples {
  /** `[N, F]` float32, of training examples only. Standardise them first; see `standardise.ts`. */
  readonly features: HostArray;
  /**
   * `[N]`, such as speakers. Training stops by the loss on some of these groups, which are not fitted to; without groups
   * on some of the examples, which is less honest where neighbours resemble each other.
   */
  readonly groups?: readonly string[];
  /** H >= 1; default 512. */
  readonly hiddenUnits?: number;
  /** Of Adam, > 0; default 1e-3. */
  readonly learningRate?: number;
  /**
   * Decoupled from the gradient (Loshchilov & Hutter, 2019, arXiv:1711.05101): every step takes rate x decay off the
   * kernels, not the biases. >= 0; default 1e-2, as in PyTorch's AdamW.
   */
  readonly weightDecay?: number;
  /** Examples per step; default 256, or as many as are fitted to if that is less. */
  readonly batchSize?: number;
  /** Passes over the examples at most; default 50. */
  readonly maxEpochs?: number;
  /** Ends after this many passes in a row that did not lower the held-out loss; default 5. */
  readonly patience?: number;
  /** Share of the examples to hold out at least, above 0 and below 1; whole groups; default 0.1. */
  readonly heldOutShare?: number;
  readonly engine: Engine;
  /** Draws the first weights, the groups held out, and the order of examples. */
  readonly random: Random;
}

export interface MlpProbe {
  /** Of the pass with the lowest held-out loss. */
  readonly parameters: MlpParameters;
  /** Passes made. */
  readonly epochs: number;
  /** The pass that `parameters` come from, counted from 1. */
  readonly bestEpoch: number;
  /** Of every pass: mean cross-entropy of the examples held out, in nats. */
  readonly heldOutLosses: readonly number[];
  /** Rows of `features` that were held out. */
  readonly heldOut: readonly number[];
}

type Settings = Required<Omit<MlpProbeOptions, 'groups'>>;

/**
 * Fits by Adam on mini-batches, and stops early by the loss on held-out training groups. The same seed gives the same
 * numbers on the same machine and engine.
 *
 * @throws {CpcArgumentError} if shapes, labels, groups or settings do not fit, or a feature is not finite.
 * @throws {CpcError} if the loss stops being finite.
 *
 * @example
 * const model = await fitMlpProbe({ features, labels, classes: 41, groups: speakers, engine, random });
 * const predicted = classesOf(await mlpScores(model, testFeatures, engine));
 */
export async function fitMlpProbe(options: MlpProbeOptions): Promise<MlpProbe> {
  const { width, settings, groups } = checkedSettings(options);
  const { features, labels, classes, hiddenUnits, learningRate, weightDecay, heldOutShare, engine, random } = settings;
  const { train, test: heldOut } = holdOutGroups(groups, heldOutShare, random.fold('held out'));
  const parameters = initialiseMlp({ width, hiddenUnits, classes }, random.fold('parameters'));
  const batchSize = Math.min(settings.batchSize, train.length);
  const optimiser = adam({ learningRate });
  const step = await prepareMlpStep({ engine, optimiser, parameters, batchSize, weightDecay });
  const heldOutScores = await rowFunction(engine, gatherRows(features, heldOut), float32Specs(parameters), mlp);
  const heldOutLabels = gatherLabels(labels, heldOut);
  try {
    const loss = async () => crossEntropy(await heldOutScores.run(step.current()), heldOutLabels);
    return { ...(await trainUntilWorse(step, train, batchSize, settings, loss)), heldOut };
  } finally {
    await Promise.all([step.dispose(), heldOutScores.dispose()]);
  }
}

/** Pass after pass; keeps the parameters of the best. */
async function trainUntilWorse(
  step: MlpStep,
  train: readonly number[],
  batchSize: number,
  settings: Settings,
  heldOutLoss: () => Promise<number>,
): Promise<Omit<MlpProbe, 'heldOut'>> {
  const heldOutLosses: number[] = [];
  let best = { epoch: 0, loss: Number.POSITIVE_INFINITY, parameters: copied(step.current()) };
  let steps = 0;
  for (let epoch = 1; epoch <= settings.maxEpochs && epoch - best.epoch <= settings.patience; epoch++) {
    const order = settings.random.fold('order', epoch).permutation(train.length);
    for (let start = 0; start < train.length; start += batchSize) {
      const rows = Array.from(order.subarray(start, start + batchSize), (place) =>
        entryAt(train, place, 'examples to train on'),
      );
      steps += 1;
      requireFinite(await step.run(mlpBatch(rows, batchSize, settings), steps), steps);
    }
    const loss = requireFinite(await heldOutLoss(), steps);
    heldOutLosses.push(loss);
    if (loss < best.loss) best = { epoch, loss, parameters: copied(step.current()) };
  }
  return { parameters: best.parameters, epochs: heldOutLosses.length, bestEpoch: best.epoch, heldOutLosses };
}

/**
 * Scores of every class: their softmax is the probe's probabilities.
 *
 * @param features - `[N, F]`, scaled as those of the fit.
 * @returns `[N, C]`; the caller owns it.
 * @throws {CpcArgumentError} if there are not F features per example, or one is not finite.
 */
export async function mlpScores({ parameters }: MlpProbe, features: HostArray, engine: Engine): Promise<HostArray> {
  checkFeatures('mlpScores', features, parameters['hidden/kernel']?.shape[0]);
  const scores = await rowFunction(engine, features, float32Specs(parameters), mlp);
  try {
    return await scores.run(parameters);
  } finally {
    await scores.dispose();
  }
}

/** Mean over examples of -log softmax at the true class, in double precision. */
function crossEntropy({ shape, data }: HostArray, labels: Int32Array): number {
  const [, classes = 0] = shape;
  const losses = Array.from(labels, (label, row) => {
    const scores = data.subarray(row * classes, (row + 1) * classes);
    const highest = Math.max(...scores);
    const odds = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
    return Math.log(odds) + highest - entryAt(scores, label, 'scores of the classes');
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

function copied(parameters: NamedHostTensors): MlpParameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]),
  );
}

function requireFinite(loss: number, step: number): number {
  if (Number.isFinite(loss)) return loss;
  throw new CpcError({
    where: `fitMlpProbe, step ${step}`,
    expected: 'a finite loss',
    received: String(loss),
    fix: 'Lower the learning rate, or standardise the features.',
  });
}

function checkedSettings(options: MlpProbeOptions): { width: number; settings: Settings; groups: readonly string[] } {
  const { examples, width } = checkExamples('fitMlpProbe', options);
  const settings = {
    hiddenUnits: 512,
    learningRate: 1e-3,
    weightDecay: 1e-2,
    batchSize: 256,
    maxEpochs: 50,
    patience: 5,
    heldOutShare: 0.1,
    ...options,
  };
  const refuse = (argument: string, expected: string, received: unknown): never => {
    throw new CpcArgumentError({ where: 'fitMlpProbe', argument, expected, received });
  };
  for (const argument of ['hiddenUnits', 'batchSize', 'maxEpochs', 'patience'] as const) {
    const value = settings[argument];
    if (!(Number.isInteger(value) && value >= 1))
      refuse(argument, `${argument} to be a whole number of at least 1`, value);
  }
  const { weightDecay, heldOutShare } = settings;
  if (!(weightDecay >= 0 && Number.isFinite(weightDecay)))
    refuse('weightDecay', 'weightDecay to be a number of at least 0', weightDecay);
  if (!(heldOutShare > 0 && heldOutShare < 1))
    refuse('heldOutShare', 'heldOutShare to be above 0 and below 1', heldOutShare);
  const groups = options.groups ?? Array.from({ length: examples }, (_, example) => String(example));
  if (groups.length !== examples) refuse('groups', `${examples} groups, one per example`, `${groups.length} groups`);
  return { width, settings, groups };
}
