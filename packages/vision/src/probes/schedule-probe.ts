/**
 * The paper's linear probe on pictures: softmax regression by gradient descent with momentum 0.9, at rates of 0.1, 0.01 and 0.001
 * for 50,000, 25,000 and 10,000 updates of 2048 images.
 *
 * Letters used for shapes here:
 *   N  training images    F  features    C  classes    B  images of an update
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, section 3.2.
 */
import {
  CpcArgumentError,
  createLossStep,
  dense,
  labelledCrossEntropy,
  layerAt,
  sgd,
  stepDecay,
  zerosArray,
} from '@cpc/core';
import { gatherLabels, gatherRows, logisticScores } from '@cpc/probes';
import type * as tf from '@tensorflow/tfjs';
import type { FittedImages, ImageTraining } from './image-classifier.js';

const phases = [
  { steps: 50_000, rate: 0.1 },
  { steps: 25_000, rate: 0.01 },
  { steps: 10_000, rate: 0.001 },
];
const momentum = 0.9;
const mostImages = 2048; // of an update

/**
 * @param stepShare - of the paper's updates, above 0; 1 takes all 85,000.
 * @throws {CpcArgumentError} if the share is not above 0.
 * @throws {CpcError} if the loss stops being finite.
 */
export async function fitBySchedule(
  { features, labels, classes, engine, random }: ImageTraining,
  { stepShare }: { readonly stepShare: number },
): Promise<FittedImages> {
  const schedule = scaledPhases(stepShare);
  const [examples = 0, width = 0] = features.shape;
  const batchSize = Math.min(mostImages, examples);
  const step = await createLossStep({
    engine,
    optimiser: sgd({ learningRate: stepDecay(schedule), momentum }),
    parameters: { layer: { kernel: zerosArray([width, classes]), bias: zerosArray([classes]) } },
    batch: {
      features: { shape: [batchSize, width], dtype: 'float32' },
      labels: { shape: [batchSize], dtype: 'int32' },
    },
    loss: (parameters, batch) =>
      labelledCrossEntropy(
        dense(layerAt(parameters, 'layer', ['kernel', 'bias']), batch.features as tf.Tensor),
        batch.labels as tf.Tensor,
      ),
  });
  try {
    const total = schedule.reduce((sum, { steps }) => sum + steps, 0);
    for (let number = 1; number <= total; number++) {
      const rows = random.fold('batch', number).choose(examples, batchSize);
      const own = gatherLabels(labels, rows);
      await step.run({ features: gatherRows(features, rows), labels: { shape: [batchSize], data: own } }, number);
    }
    const { kernel, bias } = layerAt(step.current(), 'layer', ['kernel', 'bias']);
    return { scores: (asked) => logisticScores({ weights: kernel, biases: bias }, asked, engine) };
  } finally {
    await step.dispose();
  }
}

function scaledPhases(share: number) {
  if (!(share > 0 && Number.isFinite(share))) {
    const expected = 'a share of the paper’s updates above 0';
    throw new CpcArgumentError({ where: 'fitBySchedule', argument: 'stepShare', expected, received: share });
  }
  return phases.map(({ steps, rate }) => ({ steps: Math.max(1, Math.round(steps * share)), rate }));
}
