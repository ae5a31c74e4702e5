import { expect, it } from 'vitest';
import { GraphBuilder } from '../graph-builder.js';
import { applied, linesOf } from '../test-support/passes.js';
import { earlyRelus } from './early-relus.js';

/** A product, turned and flattened, and its ReLU. */
function rectified(hasOtherReader: boolean) {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [2, 3], dtype: 'float32' });
  const twice = g.node('Add', [x, x], [2, 3], 'float32');
  const turned = g.transpose(twice, [1, 0]);
  const relu = g.node('Relu', [g.reshape(turned, [6])], [6], 'float32');
  return g.finish([['y', relu], ...(hasOtherReader ? [['turned', turned] as const] : [])]);
}

const made = (lines: readonly string[]) => lines.filter((line) => line.includes(' = '));

it('moves a ReLU before Transpose and Reshape, behind the node that computes', async () => {
  const lines = made(linesOf(await applied(earlyRelus, rectified(false))));
  expect(lines.map((line) => / = (\w+)/.exec(line)?.[1])).toEqual(['Add', 'Relu', 'Transpose', 'Reshape', 'Identity']);
});

it('stays behind what another reader needs as it is', async () => {
  const lines = made(linesOf(await applied(earlyRelus, rectified(true))));
  expect(lines.map((line) => / = (\w+)/.exec(line)?.[1]).slice(0, 4)).toEqual(['Add', 'Transpose', 'Relu', 'Reshape']);
});
