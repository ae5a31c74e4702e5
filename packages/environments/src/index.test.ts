import { expect, it } from 'vitest';
import * as environments from './index.js';
import * as node from './node/index.js';

it('exports these 8 names and no others', () => {
  expect(Object.keys(environments).sort()).toEqual([
    'builtInEnvironmentNames',
    'checkEnvironment',
    'createBuiltInEnvironment',
    'createCartPole',
    'createDelayedCue',
    'measureBaselines',
    'observationSize',
    'vectorise',
  ]);
});

it('exports these 9 names for Node and no others', () => {
  expect(Object.keys(node).sort()).toEqual([
    'connectRpc',
    'createRpcEnvironment',
    'createThreadedEnvironment',
    'encodeGif',
    'labActionNames',
    'openEnvironment',
    'otherEnvironments',
    'requireBuiltIn',
    'startPythonBridge',
  ]);
});
