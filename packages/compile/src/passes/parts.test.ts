import { expect, it } from 'vitest';
import { GraphBuilder, type Traced } from '../graph-builder.js';
import { concatenated, sliced } from '../kernels/slicing.js';
import { applied, linesOf } from '../test-support/passes.js';
import { deadCode } from './dead-code.js';
import { parts } from './parts.js';

/** Three parts of 2, 1 and 3 columns, and what is cut out of them. */
function columns(begin: number, count: number) {
  const g = new GraphBuilder();
  const parts = [2, 1, 3].map((width, index) => g.input(`part${index}`, { shape: [2, width], dtype: 'float32' }));
  const cut = sliced(g, concatenated(g, parts, 1), [0, begin], [2, count]);
  return g.finish([['y', g.node('Neg', [cut], cut.shape, 'float32')]]);
}

const nodesOf = async (begin: number, count: number) => {
  const after = deadCode.apply(await applied(parts, columns(begin, count)));
  return linesOf(after).filter((line) => line.includes('='));
};

it('reads columns 2 to 3 of 2 + 1 + 3 from the second part, and drops the Concat', async () => {
  expect(await nodesOf(2, 1)).toEqual(['t5: float32[2, 1] = Neg(part1)', 'y: float32[2, 1] = Identity(t5)']);
  expect((await nodesOf(0, 2))[0]).toContain('Neg(part0)');
  expect((await nodesOf(3, 3))[0]).toContain('Neg(part2)');
});

it('keeps a Slice across parts, one of half a part, one along another axis and one with a step', async () => {
  for (const [begin, count] of [
    [1, 2],
    [0, 3],
    [3, 2],
    [4, 2],
  ] as const)
    expect((await nodesOf(begin, count)).join()).toMatch(/Concat.*Slice/);
  const g = new GraphBuilder();
  const rows = concatenated(
    g,
    [2, 1].map((width, index) => g.input(`part${index}`, { shape: [3, width], dtype: 'float32' })),
    1,
  );
  const other = sliced(g, rows, [0, 0], [2, 3]);
  const stepped = g.node('Slice', [rows, ...[0, 2, 1, 2].map((value) => g.int64([value]))], [3, 1], 'float32');
  const after = await applied(
    parts,
    g.finish([
      ['y', other],
      ['z', stepped],
    ]),
  );
  expect(linesOf(after).filter((line) => line.includes('Slice'))).toHaveLength(2);
});

it('reads through parts of parts, though the Concat between them is gone', async () => {
  const g = new GraphBuilder();
  const [a, b, d] = [2, 1, 3].map((width, index) => g.input(`part${index}`, { shape: [2, width], dtype: 'float32' }));
  const inner = sliced(g, concatenated(g, [a as Traced, b as Traced], 1), [0, 2], [2, 1]); // b
  const outer = sliced(g, concatenated(g, [inner, d as Traced], 1), [0, 0], [2, 1]); // b again
  const graph = g.finish([['y', g.node('Neg', [outer], outer.shape, 'float32')]]);
  const after = deadCode.apply(await applied(parts, graph));
  expect(linesOf(after).filter((line) => line.includes('='))[0]).toContain('Neg(part1)');
});

it('leaves a part that is an output its name', async () => {
  const g = new GraphBuilder();
  const pieces = [2, 1].map((width, index) => g.input(`part${index}`, { shape: [2, width], dtype: 'float32' }));
  const cut = sliced(g, concatenated(g, pieces, 1), [0, 2], [2, 1]);
  const finished = g.finish([]);
  const graph = { ...finished, outputs: [{ name: cut.name, shape: cut.shape, dtype: cut.dtype }] };
  expect(linesOf(deadCode.apply(await applied(parts, graph)))).toContain(
    `${cut.name}: float32[2, 1] = Identity(part1)`,
  );
});
