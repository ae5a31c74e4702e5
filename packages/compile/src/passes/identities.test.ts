import { expect, it } from 'vitest';
import { GraphBuilder } from '../graph-builder.js';
import { applied, linesOf } from '../test-support/passes.js';
import { identities } from './identities.js';

it('removes an Identity, a Reshape to the same shape and a Transpose that keeps the order, but not the one that names an output', async () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [2, 3], dtype: 'float32' });
  const same = g.node('Identity', [x], [2, 3], 'float32');
  const reshaped = g.reshape(same, [2, 3]);
  const transposed = g.transpose(reshaped, [0, 1]);
  const turned = g.transpose(transposed, [1, 0]);
  const after = await applied(identities, g.finish([['y', turned]]));
  expect(linesOf(after)).toEqual([
    'input x: float32[2, 3]',
    't4: float32[3, 2] = Transpose(x, perm=[1, 0])',
    'y: float32[3, 2] = Identity(t4)',
    'output y: float32[3, 2]',
  ]);
});
