import { expect, it } from 'vitest';
import * as entry from './index.js';
import * as node from './node/index.js';

it('exports these 31 names and no others', () => {
  expect(Object.keys(entry).sort()).toEqual([
    'CompileError',
    'GraphBuilder',
    'Traced',
    'applyPasses',
    'blockConv1d',
    'collapseChains',
    'compile',
    'compileGraph',
    'createState',
    'dataTypeOf',
    'definePrimitive',
    'exportGraph',
    'exportOnnx',
    'foldConstants',
    'gru',
    'loadOnnx',
    'lowerPrimitives',
    'lstm',
    'moveTransposes',
    'readOnnx',
    'removeDeadCode',
    'removeIdentities',
    'scan',
    'shareCommonSubexpressions',
    'sinkExpands',
    'standardPasses',
    'takeParts',
    'toOnnx',
    'toText',
    'trace',
    'zeros',
  ]);
});

it('exports 2 names for Node and no others', () => {
  expect(Object.keys(node).sort()).toEqual(['disableTelemetry', 'nodeRuntime']);
});
