/** The training step of a domain: `update-step.ts` with the contrastive loss. */
import type { HostTensor, NamedHostTensors } from '@cpc/compile';
import type { Engine } from '../engines/engine.js';
import { requireClipNorm } from '../optimisers/clip.js';
import type { Optimiser } from '../optimisers/optimiser.js';
import type { HostArray, Tree } from '../parameter-tree.js';
import type { Domain } from './domain.js';
import { domainLoss, smallerStepInputs, stepInputs } from './loss.js';
import { createUpdateStep, type UpdateStep } from './update-step.js';

export interface TrainingStepOptions {
  readonly domain: Domain;
  readonly engine: Engine;
  readonly optimiser: Optimiser;
  /** Parameters to start from. */
  readonly parameters: Tree<HostArray>;
  /** Limit on the length of the whole gradient, > 0 and finite; no limit if left out. */
  readonly clipNorm?: number | undefined;
}

export interface StepResult {
  readonly lossNats: number;
  /** By predicted step. */
  readonly accuracy: readonly number[];
  readonly boundNats: readonly number[];
  /** Length of the whole gradient before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
}

export interface TrainingStep extends Pick<UpdateStep, 'state' | 'prepareMilliseconds' | 'gradients' | 'dispose'> {
  /** One update: the whole step `number`, counted from 1. */
  readonly run: (batch: NamedHostTensors, number: number) => Promise<StepResult>;
}

/**
 * Prepares a domain's training step on an engine.
 *
 * @throws {CpcArgumentError} if clipNorm is out of range, or the domain's tensors do not fit one another.
 */
export async function createTrainingStep({ domain, ...options }: TrainingStepOptions): Promise<TrainingStep> {
  requireClipNorm('createTrainingStep', options.clipNorm);
  const { run, ...step } = await createUpdateStep({
    ...options,
    loss: {
      batch: stepInputs(domain),
      smallerBatches: smallerStepInputs(domain),
      tables: domain.tables,
      measure: (parameters, batch) => ({ ...domainLoss(domain, parameters, batch) }),
    },
  });
  return {
    ...step,
    run: async (batch, number) => {
      const { metrics, gradientNorm, learningRate } = await run(batch, number);
      return {
        lossNats: numbersOf(metrics.loss)[0] ?? Number.NaN,
        accuracy: numbersOf(metrics.accuracyPerStep),
        boundNats: numbersOf(metrics.boundPerStep),
        gradientNorm,
        learningRate,
      };
    },
  };
}

function numbersOf(tensor: HostTensor | undefined): number[] {
  return Array.from(tensor?.data ?? []);
}
