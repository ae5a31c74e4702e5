import { expect, it } from 'vitest';
import { GraphBuilder } from '../graph-builder.js';
import { applied, linesOf } from '../test-support/passes.js';
import { nameOutputs } from './name-outputs.js';

it('lets the node that makes an output carry its name, for whoever reads it too', async () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [2], dtype: 'float32' });
  const negative = g.node('Neg', [x], [2], 'float32');
  const both = g.node('Add', [negative, x], [2], 'float32');
  const graph = g.finish([
    ['y', negative],
    ['sum', both],
  ]);
  expect(linesOf(await applied(nameOutputs, graph))).toEqual([
    'input x: float32[2]',
    'y: float32[2] = Neg(x)',
    'sum: float32[2] = Add(y, x)',
    'output y: float32[2]',
    'output sum: float32[2]',
  ]);
});

it('keeps the Identity of an output that is an input, or the same as another output', async () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [2], dtype: 'float32' });
  const negative = g.node('Neg', [x], [2], 'float32');
  const graph = g.finish([
    ['same', x],
    ['one', negative],
    ['other', negative],
  ]);
  expect(linesOf(await applied(nameOutputs, graph)).filter((line) => line.includes(' = '))).toEqual([
    'one: float32[2] = Neg(x)',
    'same: float32[2] = Identity(x)',
    'other: float32[2] = Identity(one)',
  ]);
});
