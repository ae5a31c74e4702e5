import { expect, it } from 'vitest';
import * as rl from './index.js';
import * as node from './node/index.js';

it('exports these 28 names and no others', () => {
  expect(Object.keys(rl).sort()).toEqual([
    'actingStep',
    'actorCriticLoss',
    'advantagesOf',
    'agentOptimiser',
    'agentShapeFor',
    'contextualise',
    'createActor',
    'createAgent',
    'createAgentLoss',
    'createAgentModel',
    'createContrastiveTask',
    'decide',
    'discountedReturns',
    'encode',
    'evaluatePolicy',
    'explainedVariance',
    'exportAgent',
    'exportEncoder',
    'fixedPolicy',
    'initialiseAgent',
    'paperPreset',
    'randomPolicy',
    'resolveRlSettings',
    'rlPresets',
    'smallPreset',
    'summariseEpisodes',
    'trainAgent',
    'trainedPolicy',
  ]);
});

it('exports these 6 names for Node and no others', () => {
  expect(Object.keys(node).sort()).toEqual([
    'domainCommands',
    'evaluateRl',
    'exportRl',
    'loadAgentModel',
    'sweepRl',
    'trainRl',
  ]);
});
