import { expect, it } from 'vitest';
import * as rl from './index.js';
import * as node from './node/index.js';

it('exports these names and no others', () => {
  expect(Object.keys(rl).sort()).toEqual([
    'actingStep',
    'actorCriticLoss',
    'advantagesOf',
    'agentOptimiser',
    'agentShapeFor',
    'builtInEnvironmentNames',
    'checkEnvironment',
    'contextualise',
    'createActor',
    'createAgent',
    'createAgentLoss',
    'createAgentModel',
    'createBuiltInEnvironment',
    'createCartPole',
    'createContrastiveTask',
    'createDelayedCue',
    'decide',
    'discountedReturns',
    'encode',
    'evaluatePolicy',
    'explainedVariance',
    'exportAgent',
    'exportEncoder',
    'fixedPolicy',
    'initialiseAgent',
    'measureBaselines',
    'observationSize',
    'paperPreset',
    'randomPolicy',
    'resolveRlSettings',
    'rlPresets',
    'smallPreset',
    'summariseEpisodes',
    'trainAgent',
    'trainedPolicy',
    'vectorise',
  ]);
});

it('exports these names and no others for Node', () => {
  expect(Object.keys(node).sort()).toEqual([
    'connectRpc',
    'createRpcEnvironment',
    'createThreadedEnvironment',
    'domainCommands',
    'encodeGif',
    'labActionNames',
    'loadAgentModel',
    'openEnvironment',
    'startPythonBridge',
  ]);
});
