import { expect, it } from 'vitest';
import { GraphBuilder } from '../graph-builder.js';
import { applied, linesOf } from '../test-support/passes.js';
import { reluMasks } from './relu-masks.js';

/** relu(x), and where x is above a bound. */
function rectifiedAndMask(bound: number, order: 'relu first' | 'mask first') {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [2, 3], dtype: 'float32' });
  const relu = () => g.node('Relu', [x], x.shape, 'float32');
  const above = () => g.cast(g.node('Greater', [x, g.scalar(bound)], x.shape, 'bool'), 'float32');
  const [y, mask] = order === 'relu first' ? [relu(), above()] : [above(), relu()];
  return g.finish([
    ['y', y],
    ['mask', mask],
  ]);
}

const maskLine = async (bound: number, order: 'relu first' | 'mask first') =>
  linesOf(await applied(reluMasks, rectifiedAndMask(bound, order))).find((line) => line.includes('Greater('));

it('asks whether relu(x) is above 0 instead of x, with the same results', async () => {
  expect(await maskLine(0, 'relu first')).toMatch(/Greater\(t0, 0\)/);
});

it('keeps x where the bound is 0.5, or where relu(x) comes later', async () => {
  expect(await maskLine(0.5, 'relu first')).toMatch(/Greater\(x, 0.5\)/);
  expect(await maskLine(0, 'mask first')).toMatch(/Greater\(x, 0\)/);
});
