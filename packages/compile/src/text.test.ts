import { expect, it } from 'vitest';
import { GraphBuilder } from './graph-builder.js';
import { toText } from './text.js';

it('shows constants of up to 8 elements, larger ones by shape, attributes and left-out inputs', () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [1, 1, 9], dtype: 'float32' });
  const small = g.node('Add', [x, g.scalar(2)], [1, 1, 9], 'float32');
  const large = g.node('Mul', [small, g.constant(new Float32Array(9), [9], 'float32')], [1, 1, 9], 'float32');
  const held = g.node('Clip', [large, '', g.scalar(6)], [1, 1, 9], 'float32');
  const leaky = g.node('LeakyRelu', [held], [1, 1, 9], 'float32', { alpha: { float: 0.25 } });
  expect(toText(g.finish([['y', g.transpose(leaky, [2, 1, 0])]])).split('\n')).toEqual([
    'input x: float32[1, 1, 9]',
    't1: float32[1, 1, 9] = Add(x, 2)',
    't3: float32[1, 1, 9] = Mul(t1, t2=float32[9])',
    't5: float32[1, 1, 9] = Clip(t3, -, 6)',
    't6: float32[1, 1, 9] = LeakyRelu(t5, alpha=0.25)',
    't7: float32[9, 1, 1] = Transpose(t6, perm=[2, 1, 0])',
    'y: float32[9, 1, 1] = Identity(t7)',
    'output y: float32[9, 1, 1]',
  ]);
});
