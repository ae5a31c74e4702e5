/** The function that is trained: a domain's parameters and batch to the contrastive loss. */
import type { NamedSpecs } from '@cpc/compile';
import * as tf from '@tensorflow/tfjs';
import { type ContrastiveOutputs, contrastiveLoss } from '../contrastive-loss.js';
import type { HostArray, Tree } from '../parameter-tree.js';
import { initialisePredictors, type PredictorParameters } from '../predictors.js';
import type { Random } from '../random.js';
import type { BatchTensors, Domain, TensorTree } from './domain.js';

/** Name under which the plan of negatives enters a step, beside the domain's own inputs. */
export const candidatesInput = 'candidates';
const predictorsBranch = 'predictors';

/** A domain's parameters together with the predictors W_k. */
export function initialiseModel(domain: Domain, random: Random): Tree<HostArray> {
  const { contextSize, latentSize } = domain.layout;
  return {
    ...domain.initialise(random.fold('model')),
    [predictorsBranch]: initialisePredictors(
      { offsets: domain.offsets, contextSize, latentSize },
      random.fold('predictors'),
    ),
  };
}

/** Encoder and context alone: what is left to use once training is over. By path, such as `encoder/conv1/kernel`. */
export function withoutPredictors<Leaf>(parameters: Readonly<Record<string, Leaf>>): Record<string, Leaf> {
  return Object.fromEntries(Object.entries(parameters).filter(([path]) => !path.startsWith(`${predictorsBranch}/`)));
}

/** Everything that enters a step beside the parameters. */
export function stepInputs(domain: Domain): NamedSpecs {
  const { negatives, layout } = domain;
  const shape = [negatives.groups(layout), negatives.candidatesPerGroup];
  return { ...domain.batch, [candidatesInput]: { shape, dtype: 'int32' } };
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
    ...(weights === undefined ? {} : { weights: (offset: number) => weights(batch, offset) }),
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
