import { expect, it } from 'vitest';
import { GraphBuilder } from '../graph-builder.js';
import { applied, linesOf } from '../test-support/passes.js';
import { chains } from './chains.js';
import { deadCode } from './dead-code.js';

it('makes one Reshape of three and one Transpose of two', async () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [2, 3, 4], dtype: 'float32' });
  const reshaped = g.reshape(g.reshape(g.reshape(x, [24]), [4, 6]), [4, 3, 2]);
  const turned = g.transpose(g.transpose(reshaped, [2, 0, 1]), [1, 0, 2]);
  const after = await applied(chains, g.finish([['y', turned]]));
  expect(linesOf(deadCode.apply(after))).toEqual([
    'input x: float32[2, 3, 4]',
    't5: float32[4, 3, 2] = Reshape(x, [4, 3, 2], allowzero=1)',
    't7: float32[4, 2, 3] = Transpose(t5, perm=[0, 2, 1])',
    'y: float32[4, 2, 3] = Identity(t7)',
    'output y: float32[4, 2, 3]',
  ]);
});
