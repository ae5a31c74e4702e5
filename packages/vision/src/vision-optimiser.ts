/** How a run's settings become an optimiser: Adam (section 3.2), at one rate or along a schedule. */
import { decayingAdam, type Optimiser } from '@cpc/core';
import type { VisionSettings } from './presets.js';

/**
 * Adam with the rate that the settings give to every update.
 *
 * @throws {CpcArgumentError} if the rate is not above 0, or the decay not a whole number of at least 0.
 *
 * @example
 * const optimiser = visionOptimiser(smallPreset);
 */
export function visionOptimiser(settings: Pick<VisionSettings, 'learningRate' | 'learningRateDecaySteps'>): Optimiser {
  return decayingAdam(settings);
}
