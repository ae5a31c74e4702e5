import { expect, it } from 'vitest';
import * as entry from './index.js';
import * as node from './node/index.js';

it('exports these 24 names and no others', () => {
  expect(Object.keys(entry).sort()).toEqual([
    'CompileError',
    'GraphBuilder',
    'Traced',
    'applyPasses',
    'blockConv1d',
    'compile',
    'compileGraph',
    'createState',
    'dataTypeOf',
    'deadCode',
    'definePrimitive',
    'exportGraph',
    'exportOnnx',
    'gru',
    'loadOnnx',
    'lowerPrimitives',
    'lstm',
    'readOnnx',
    'scan',
    'standardPasses',
    'toOnnx',
    'toText',
    'trace',
    'zeros',
  ]);
});

it('exports 2 names for Node and no others', () => {
  expect(Object.keys(node).sort()).toEqual(['disableTelemetry', 'nodeRuntime']);
});
