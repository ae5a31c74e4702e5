/** How a run's settings become an optimiser: Adam (section 3.3), at one rate or along a schedule. */
import { decayingAdam, type Optimiser } from '@cpc/core';
import type { TextSettings } from './presets.js';

/**
 * Adam with the rate that the settings give to every update.
 *
 * @throws {CpcArgumentError} if the rate is not above 0, or the decay not a whole number of at least 0.
 *
 * @example
 * const optimiser = textOptimiser(smallPreset);
 */
export function textOptimiser(settings: Pick<TextSettings, 'learningRate' | 'learningRateDecaySteps'>): Optimiser {
  return decayingAdam(settings);
}
