/** How a run's settings become an optimiser: RMSProp as TensorFlow has it, at one rate or one that falls to 0. */
import { linearDecay, type Optimiser, rmsprop } from '@cpc/core';
import type { RlSettings } from '../presets.js';

/**
 * @throws {CpcArgumentError} if a number is out of range.
 *
 * @example
 * const optimiser = agentOptimiser(smallPreset);
 */
export function agentOptimiser(
  settings: Pick<
    RlSettings,
    'learningRate' | 'learningRateDecaySteps' | 'rmspropDecay' | 'rmspropMomentum' | 'rmspropEpsilon'
  >,
): Optimiser {
  const { learningRate, learningRateDecaySteps: steps } = settings;
  return rmsprop({
    learningRate: steps === 0 ? learningRate : linearDecay({ from: learningRate, steps }),
    variant: 'tensorflow',
    decay: settings.rmspropDecay,
    momentum: settings.rmspropMomentum,
    epsilon: settings.rmspropEpsilon,
  });
}
