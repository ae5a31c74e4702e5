/** How the settings of a run become an optimiser: Adam, as the paper has it everywhere, at one rate or along a schedule. */
import { adam } from './adam.js';
import type { Optimiser } from './optimiser.js';
import { cosineDecay } from './schedules.js';

export interface DecayingAdamSettings {
  /** Of the first update, > 0. */
  readonly learningRate: number;
  /** Updates over which it falls to 0 along half a cosine; 0 keeps it. */
  readonly learningRateDecaySteps: number;
}

/**
 * Adam with the rate that the settings give to every update.
 *
 * @throws {CpcArgumentError} if the rate is not above 0, or the decay not a whole number of at least 0.
 *
 * @example
 * const optimiser = decayingAdam({ learningRate: 1e-3, learningRateDecaySteps: 6500 });
 */
export function decayingAdam({ learningRate, learningRateDecaySteps }: DecayingAdamSettings): Optimiser {
  if (learningRateDecaySteps === 0) return adam({ learningRate });
  return adam({ learningRate: cosineDecay({ from: learningRate, steps: learningRateDecaySteps }) });
}
