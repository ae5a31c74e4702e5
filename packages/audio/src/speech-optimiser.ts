/** How a run's settings become an optimiser: Adam (section 3.1), at one rate or along a schedule. */
import { decayingAdam, type Optimiser } from '@cpc/core';
import type { SpeechSettings } from './presets.js';

/**
 * Adam with the rate that the settings give to every update.
 *
 * @throws {CpcArgumentError} if the rate is not above 0, or the decay not a whole number of at least 0.
 *
 * @example
 * const optimiser = speechOptimiser(smallPreset);
 */
export function speechOptimiser(settings: Pick<SpeechSettings, 'learningRate' | 'learningRateDecaySteps'>): Optimiser {
  return decayingAdam(settings);
}
