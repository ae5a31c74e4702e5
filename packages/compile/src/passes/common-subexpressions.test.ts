import { expect, it } from 'vitest';
import { GraphBuilder } from '../graph-builder.js';
import { applied, linesOf } from '../test-support/passes.js';
import { commonSubexpressions } from './common-subexpressions.js';

it('computes x * 2 + 1 once where it is written three times', async () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [2], dtype: 'float32' });
  const line = () => g.node('Add', [g.node('Mul', [x, g.scalar(2)], [2], 'float32'), g.scalar(1)], [2], 'float32');
  const sum = g.node('Sum', [line(), line(), line()], [2], 'float32');
  const after = await applied(commonSubexpressions, g.finish([['y', sum]]));
  expect(linesOf(after)).toEqual([
    'input x: float32[2]',
    't1: float32[2] = Mul(x, 2)',
    't3: float32[2] = Add(t1, 1)',
    't12: float32[2] = Sum(t3, t3, t3)',
    'y: float32[2] = Identity(t12)',
    'output y: float32[2]',
  ]);
});

it('tells 0 from -0, 1 from int32 1, and nodes apart by their attributes', async () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [2, 2], dtype: 'float32' });
  const up = g.node('Div', [x, g.scalar(0)], [2, 2], 'float32');
  const down = g.node('Div', [x, g.scalar(-0)], [2, 2], 'float32');
  const whole = g.cast(g.scalar(1, 'int32'), 'float32');
  const rows = g.node('CumSum', [x, g.int64([0])], [2, 2], 'float32', { reverse: 0 });
  const reversed = g.node('CumSum', [x, g.int64([0])], [2, 2], 'float32', { reverse: 1 });
  const outputs = { up, down, whole, rows, reversed, one: g.node('Add', [x, g.scalar(1)], [2, 2], 'float32') };
  const graph = g.finish(Object.entries(outputs));
  const after = await applied(commonSubexpressions, graph);
  expect(after.nodes).toHaveLength(graph.nodes.length);
});

it('leaves two nodes that each make an output', async () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [2], dtype: 'float32' });
  const first = g.node('Exp', [x], [2], 'float32');
  const second = g.node('Exp', [x], [2], 'float32');
  const graph = g.finish([
    [first.name, first],
    [second.name, second],
  ]);
  expect((await applied(commonSubexpressions, graph)).nodes).toHaveLength(2);
});
