import { describe, expect, it } from 'vitest';
import type { Graph } from '../../graph.js';
import { GraphBuilder, type Traced } from '../../graph-builder.js';
import { constantFolding } from '../../passes/constant-folding.js';
import { applyPasses } from '../../passes/index.js';
import { transposed } from '../../passes/support/evaluate.js';
import { exportPasses } from './index.js';
import { sinkTransposes } from './sink-transposes.js';
import { unitAxes } from './unit-axes.js';

function built(shape: readonly number[], write: (g: GraphBuilder, x: Traced) => Traced): Graph {
  const g = new GraphBuilder();
  return g.finish([['y', write(g, g.input('x', { shape, dtype: 'float32' }))]]);
}

function operators(graph: Graph): string[] {
  return graph.nodes.map((node) => node.op);
}

function sequence(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => index);
}

describe('transposed', () => {
  it('puts element [1, 0, 2] of a [2, 3, 4] array at [2, 1, 0] when the axes are reversed', () => {
    const { shape, data } = transposed({ data: sequence(24), shape: [2, 3, 4], dtype: 'float32' }, [2, 1, 0]);
    expect(shape).toEqual([4, 3, 2]);
    expect(data[2 * 6 + 0 * 2 + 1]).toBe(1 * 12 + 0 * 4 + 2);
  });
});

describe('constantFolding', () => {
  it('turns a weight that is transposed, sliced and joined into one weight', () => {
    const graph = built([2, 2], (g, x) => {
      const turned = g.transpose(g.constant(sequence(6), [2, 3], 'float32'), [1, 0]); // 0 3 | 1 4 | 2 5
      const last = g.node('Slice', [turned, g.int64([-1]), g.int64([9]), g.int64([0])], [1, 2], 'float32');
      const first = g.node('Slice', [turned, g.int64([0]), g.int64([1]), g.int64([0])], [1, 2], 'float32');
      return g.node('Add', [x, g.node('Concat', [last, first], [2, 2], 'float32', { axis: 0 })], [2, 2], 'float32');
    });
    const folded = constantFolding.apply(graph);
    expect(operators(folded)).toEqual(['Add', 'Identity']);
    expect([...(folded.constants.get(folded.nodes[0]?.inputs[1] ?? '')?.data ?? [])]).toEqual([2, 5, 0, 3]);
  });

  it('joins along the second axis row by row', () => {
    const graph = built([2, 3], (g, x) => {
      const left = g.constant(Float32Array.of(1, 2), [2, 1], 'float32');
      const right = g.constant(Float32Array.of(3, 4, 5, 6), [2, 2], 'float32');
      return g.node('Add', [x, g.node('Concat', [left, right], [2, 3], 'float32', { axis: 1 })], [2, 3], 'float32');
    });
    const folded = constantFolding.apply(graph);
    expect([...(folded.constants.get(folded.nodes[0]?.inputs[1] ?? '')?.data ?? [])]).toEqual([1, 3, 4, 2, 5, 6]);
  });
});

describe('sinkTransposes', () => {
  it('cancels 2 Transposes around a bias and a Relu, moving the bias to the channel axis', () => {
    const graph = built([2, 3, 4], (g, x) => {
      const biased = g.node(
        'Add',
        [g.transpose(x, [0, 2, 1]), g.constant(sequence(3), [3], 'float32')],
        [2, 4, 3],
        'float32',
      );
      return g.transpose(g.node('Relu', [biased], [2, 4, 3], 'float32'), [0, 2, 1]);
    });
    const sunk = applyPasses(graph, exportPasses);
    expect(operators(sunk)).toEqual(['Add', 'Relu']);
    expect(sunk.constants.get(sunk.nodes[0]?.inputs[1] ?? '')?.shape).toEqual([1, 3, 1]);
  });

  it('leaves a sum of 2 values alone that are transposed differently', () => {
    const graph = built([2, 2, 2], (g, x) =>
      g.node('Add', [g.transpose(x, [0, 2, 1]), g.transpose(x, [1, 0, 2])], [2, 2, 2], 'float32'),
    );
    expect(operators(sinkTransposes.apply(graph))).toEqual(['Transpose', 'Transpose', 'Add', 'Identity']);
  });
});

describe('unitAxes', () => {
  it('turns an Unsqueeze and a Transpose that moves the new axis into one Unsqueeze', () => {
    const graph = built([2, 5], (g, x) => g.transpose(g.reshape(x, [2, 5, 1]), [0, 2, 1]));
    const named = applyPasses(graph, exportPasses);
    expect(operators(named)).toEqual(['Unsqueeze']);
    expect([...(named.constants.get(named.nodes[0]?.inputs[1] ?? '')?.data ?? [])]).toEqual([1n]);
  });

  it('keeps a Transpose that exchanges 2 axes of equal length 5', () => {
    const graph = built([5, 5], (g, x) => g.transpose(g.reshape(x, [1, 5, 5]), [0, 2, 1]));
    expect(operators(unitAxes.apply(graph))).toEqual(['Unsqueeze', 'Transpose', 'Identity']);
  });

  it('writes a Reshape from [2, 1, 5] to [2, 5] as a Squeeze of axis 1', () => {
    const named = applyPasses(
      built([2, 1, 5], (g, x) => g.reshape(x, [2, 5])),
      exportPasses,
    );
    expect(operators(named)).toEqual(['Squeeze']);
  });
});

describe('foldBias', () => {
  const convolved = (g: GraphBuilder, x: Traced) =>
    g.node('Conv', [x, g.constant(sequence(6), [2, 3, 1], 'float32')], [1, 2, 4], 'float32', { kernel_shape: [1] });

  it('gives a Conv the bias [2] that was added as [1, 2, 1]', () => {
    const graph = built([1, 3, 4], (g, x) =>
      g.node('Add', [convolved(g, x), g.constant(sequence(2), [1, 2, 1], 'float32')], [1, 2, 4], 'float32'),
    );
    const folded = applyPasses(graph, exportPasses);
    expect(operators(folded)).toEqual(['Conv']);
    expect(folded.constants.get(folded.nodes[0]?.inputs[2] ?? '')?.shape).toEqual([2]);
  });

  it('leaves an Add of [1, 1, 4], one number per position, alone', () => {
    const graph = built([1, 3, 4], (g, x) =>
      g.node('Add', [convolved(g, x), g.constant(sequence(4), [1, 1, 4], 'float32')], [1, 2, 4], 'float32'),
    );
    expect(operators(applyPasses(graph, exportPasses))).toEqual(['Conv', 'Add']);
  });

  it('leaves an Add alone when the product without bias is read elsewhere too', () => {
    const graph = built([1, 3, 4], (g, x) => {
      const product = convolved(g, x);
      const sum = g.node('Add', [product, g.constant(sequence(2), [1, 2, 1], 'float32')], [1, 2, 4], 'float32');
      return g.node('Mul', [sum, product], [1, 2, 4], 'float32');
    });
    expect(operators(applyPasses(graph, exportPasses))).toEqual(['Conv', 'Add', 'Mul']);
  });
});
