/** Sizes of an agent's network, from the environment it is for and the settings. */
import type { EnvironmentSpec } from '@cpc/environments';
import type { RlSettings } from '../presets.js';
import type { AgentShape } from './network.js';

/** The sizes that the environment decides. */
export type ActedIn = Pick<EnvironmentSpec, 'observation' | 'actions'>;

export function agentShapeFor(
  { observation, actions }: ActedIn,
  settings: Pick<RlSettings, 'convolutionChannels' | 'encoderUnits' | 'contextUnits' | 'memory'>,
): AgentShape {
  const { convolutionChannels, encoderUnits, contextUnits, memory } = settings;
  return { observation, convolutionChannels, encoderUnits, contextUnits, memory, actionCount: actions.length };
}
