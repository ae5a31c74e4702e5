/** The function that is trained: a domain's parameters and batch to the contrastive loss. */

import { createRandom, type Random } from '@cpc/base';
import type { NamedSpecs } from '@cpc/compile';
import * as tf from '@tensorflow/tfjs';
import { type ContrastiveOutputs, contrastiveLoss } from '../contrastive-loss.js';
import type { HostArray, Tree } from '../parameter-tree.js';
import { initialisePredictors, type PredictorParameters } from '../predictors.js';
import type { BatchTensors, Domain, TensorTree } from './domain.js';

/** Name under which the plan of negatives enters a step, beside the domain's own inputs. */
export const candidatesInput = 'candidates';
const predictorsBranch = 'predictors';

/** A domain's parameters together with the predictors W_k. */
export function initialiseModel(domain: Domain, random: Random): Tree<HostArray> {
  const { offsets, predictorScale: scale = 1 } = domain;
  const { contextSize, latentSize } = domain.layout;
  return {
    ...domain.initialise(modelStream(random)),
    [predictorsBranch]: initialisePredictors({ offsets, contextSize, latentSize, scale }, random.fold('predictors')),
  };
}

/** What `train()` draws a model's first parameters from. */
export function initialStream(seed: number): Random {
  return createRandom(seed).fold('initialise');
}

function modelStream(random: Random): Random {
  return random.fold('model');
}

/**
 * Encoder and context as they are before the first update of a run with this seed: what a trained model is compared with.
 *
 * @param domain - a domain, or the one function of it that is needed.
 * @returns host arrays that the caller owns: to the last bit those of `train()` at step 0, without the predictors.
 *
 * @example
 * const random = untrainedModel({ initialise: (stream) => initialiseSpeechModel(settings, stream) }, record.seed);
 */
export function untrainedModel({ initialise }: Pick<Domain, 'initialise'>, seed: number): Tree<HostArray> {
  return initialise(modelStream(initialStream(seed)));
}

/** Encoder and context alone: what is left to use once training is over. By path, such as `encoder/conv1/kernel`. */
export function withoutPredictors<Leaf>(parameters: Readonly<Record<string, Leaf>>): Record<string, Leaf> {
  return Object.fromEntries(Object.entries(parameters).filter(([path]) => !path.startsWith(`${predictorsBranch}/`)));
}

/** Everything that enters a step beside the parameters, for a batch of the largest shape. */
export function stepInputs(domain: Domain): NamedSpecs {
  return withCandidates(domain, domain.batch);
}

/** The same for every smaller shape in which a batch may come. */
export function smallerStepInputs(domain: Domain): readonly NamedSpecs[] {
  return (domain.smallerBatches ?? []).map((batch) => withCandidates(domain, batch));
}

function withCandidates({ negatives, layout }: Domain, batch: NamedSpecs): NamedSpecs {
  const shape = [negatives.groups(layout), negatives.candidatesPerGroup];
  return { ...batch, [candidatesInput]: { shape, dtype: 'int32' } };
}

/** Loss, accuracy and bound of one batch. */
export function domainLoss(domain: Domain, parameters: TensorTree, batch: BatchTensors): ContrastiveOutputs {
  const latents = domain.encode(parameters, batch);
  const contexts = domain.contextualise(parameters, latents, batch);
  const { weights } = domain;
  return contrastiveLoss({
    latents,
    contexts,
    predictors: predictorsOf(parameters),
    offsets: domain.offsets,
    candidates: batch[candidatesInput] as tf.Tensor2D,
    weights: weights === undefined ? undefined : (offset: number) => weights(batch, offset),
  });
}

function predictorsOf(parameters: TensorTree): PredictorParameters<tf.Tensor> {
  const branch = parameters[predictorsBranch];
  if (branch === undefined || branch instanceof tf.Tensor) throw new Error('the model has no predictors');
  return Object.fromEntries(
    Object.entries(branch).map(([name, leaf]) => {
      if (!(leaf instanceof tf.Tensor)) throw new Error(`predictor ${name} is not a matrix`);
      return [name, leaf];
    }),
  );
}
