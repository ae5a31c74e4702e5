/** `--baselines supervised`: the same encoder trained end to end with the labels of the training side. */
import { CpcError, createRandom } from '@cpc/core';
import type { FoldPredictions } from '@cpc/probes';
import type { Control, TaskEvent } from '@cpc/runs';
import type { ImageSet } from '../../data/image-set.js';
import type { ProbedVision } from '../../probes/feature-sources.js';
import { defaultImageClassifier } from '../../probes/image-classifiers.js';
import { imagePredictions } from '../../probes/image-predictions.js';
import { labelsOf } from '../../probes/split.js';
import { createSupervisedNetwork, supervisedLimits, trainSupervised } from '../../supervised/train-supervised.js';
import type { ImageProbeRequest } from './probe-request.js';

export const supervisedBaseline = 'supervised';

/** @throws {CpcError} if the baseline is asked for with another classifier than the linear layer it is trained with. */
export function refuseWithSupervised({ baselines, classifier = defaultImageClassifier }: ImageProbeRequest): void {
  if (!baselines.includes(supervisedBaseline) || classifier === defaultImageClassifier) return;
  throw new CpcError({
    where: `probe, baseline ${supervisedBaseline}`,
    expected: 'no --classifier: a linear layer is trained with the network',
    received: classifier,
    fix: `Probe with the baseline ${supervisedBaseline} by itself, and with --classifier without it.`,
  });
}

export interface SupervisedProbe {
  readonly images: ImageSet;
  readonly train: readonly number[];
  readonly test: readonly number[];
  readonly model: ProbedVision;
  /** Of the probe. */
  readonly seed: number;
  readonly control: Control;
}

/** Trains and asks; `undefined` if it was told to stop. */
export async function* superviseImages({
  images,
  train,
  test,
  model,
  seed,
  control,
}: SupervisedProbe): AsyncGenerator<TaskEvent, FoldPredictions | undefined, undefined> {
  const random = createRandom(seed).fold('supervised');
  const training = trainSupervised({ ...model, images, train, random, limits: supervisedLimits });
  try {
    for (;;) {
      const { value, done } = await training.next();
      if (control.stopRequested()) return undefined;
      if (done === true) {
        const { parameters, validationCount } = value;
        const network = createSupervisedNetwork({ ...model, parameters });
        const scores = await network.scores(images, test, parameters);
        await network.dispose();
        const trainCount = train.length - validationCount;
        return imagePredictions(scores, labelsOf(images, test), { trainCount, validationCount });
      }
      const { updates, ofUpdates, validationAccuracy } = value;
      const latest = validationAccuracy === undefined ? '' : `, validation ${(100 * validationAccuracy).toFixed(1)} %`;
      yield { type: 'progress', label: `supervised: updates${latest}`, done: updates, total: ofUpdates };
    }
  } finally {
    await training.return({ parameters: {}, validationAccuracy: 0, validationCount: 0, bestRound: 0, rounds: 0 });
  }
}
