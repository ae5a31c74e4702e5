import { expect, it } from 'vitest';
import { GraphBuilder } from '../graph-builder.js';
import { applied, linesOf } from '../test-support/passes.js';
import { deadCode } from './dead-code.js';

it('drops 2 nodes that no output needs, with their constants, and keeps the input that is not read', async () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [2], dtype: 'float32' });
  g.input('unread', { shape: [1], dtype: 'float32' });
  const wasted = g.node('Mul', [x, g.scalar(3)], [2], 'float32');
  g.node('Exp', [wasted], [2], 'float32');
  const kept = g.node('Add', [x, g.scalar(5)], [2], 'float32');
  const graph = g.finish([['y', kept]]);
  const after = await applied(deadCode, graph);
  expect(linesOf(after)).toEqual([
    'input x: float32[2]',
    'input unread: float32[1]',
    't4: float32[2] = Add(x, 5)',
    'y: float32[2] = Identity(t4)',
    'output y: float32[2]',
  ]);
  expect([...after.constants.values()].map(({ data }) => data[0])).toEqual([5]);
  expect([...after.values.keys()].sort()).toEqual(['t3', 't4', 'unread', 'x', 'y']);
});
