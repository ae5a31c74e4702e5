import { CompileError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { GraphBuilder } from '../graph-builder.js';
import { specsOfTensors } from '../host-tensor.js';
import { toOnnx } from '../onnx/encode.js';
import { blockConv1d } from '../primitives/block-conv1d.js';
import { primitiveDomain } from '../primitives/define.js';
import { gru } from '../primitives/gru.js';
import { scan } from '../primitives/scan.js';
import { expectAgreement, values } from '../test-support/compare.js';
import { applied, countOf } from '../test-support/passes.js';
import { toText } from '../text.js';
import { type NamedTensors, trace } from '../trace.js';
import { lowerPrimitives } from './lower-primitives.js';

const weights = ({ kernel, recurrentKernel, bias, recurrentBias }: NamedTensors) => ({
  kernel: kernel as tf.Tensor,
  recurrentKernel: recurrentKernel as tf.Tensor,
  bias: bias as tf.Tensor,
  recurrentBias: recurrentBias as tf.Tensor,
});

const recurrent = trace((inputs) => ({ y: gru(inputs.x as tf.Tensor, inputs.h as tf.Tensor, weights(inputs)) }), {
  x: { shape: [2, 3, 4], dtype: 'float32' },
  h: { shape: [2, 5], dtype: 'float32' },
  kernel: { shape: [4, 15], dtype: 'float32' },
  recurrentKernel: { shape: [5, 15], dtype: 'float32' },
  bias: { shape: [15], dtype: 'float32' },
  recurrentBias: { shape: [15], dtype: 'float32' },
});

it('records 1 primitive, and puts a Scan in its place for training, a GRU for export', () => {
  expect(recurrent.nodes.map(({ op, domain }) => [op, domain])).toContainEqual(['Gru', primitiveDomain]);
  const trained = lowerPrimitives('train').apply(recurrent);
  const exported = lowerPrimitives('export').apply(recurrent);
  expect([countOf(trained, 'Scan'), countOf(trained, 'GRU')]).toEqual([1, 0]);
  expect([countOf(exported, 'Scan'), countOf(exported, 'GRU')]).toEqual([0, 1]);
});

it('leaves a graph without primitives as it is, and a lowered one lowered', async () => {
  const lowered = lowerPrimitives('train').apply(recurrent);
  expect(await applied(lowerPrimitives('export'), lowered)).toBe(lowered);
});

it('puts operators in the place of primitives in the body of a scan, and in a body in that', async () => {
  const rows = ({ x, w }: NamedTensors) => {
    const smoothed = (row: tf.Tensor) =>
      blockConv1d(tf.reshape(row, [1, 4, 1]), w as tf.Tensor, { stride: 1, padBefore: 1, padAfter: 0 });
    const inner = (row: tf.Tensor) =>
      scan(
        ([sum], [now]) => ({
          state: [tf.add(tf.add(sum as tf.Tensor, now as tf.Tensor), tf.sum(smoothed(row)))],
          results: [],
        }),
        [tf.scalar(0)],
        [row],
      ).state[0] as tf.Tensor;
    const { results } = scan(
      ([sum], [row]) => {
        const next = tf.add(sum as tf.Tensor, tf.reshape(smoothed(row as tf.Tensor), [4]));
        return { state: [next], results: [tf.add(next, inner(row as tf.Tensor))] };
      },
      [tf.zeros([4])],
      [x as tf.Tensor],
    );
    return { y: results[0] as tf.Tensor };
  };
  const feeds = { x: values([3, 4]), w: values([2, 1, 1], 3) };
  await expectAgreement(rows, feeds);
  const graph = trace(rows, specsOfTensors(feeds));
  for (const purpose of ['train', 'export'] as const) {
    expect(toText(lowerPrimitives(purpose).apply(graph))).not.toContain(primitiveDomain);
  }
  const exported = toText(lowerPrimitives('export').apply(graph));
  expect(exported.match(/= Conv\(/g)).toHaveLength(2);
  await applied(
    { name: 'exported instead', apply: () => lowerPrimitives('export').apply(graph) },
    lowerPrimitives('train').apply(graph),
  );
});

it('names a primitive that this program does not define', () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [1], dtype: 'float32' });
  const graph = g.finish([['y', g.node('Mystery', [x], [1], 'float32', {}, primitiveDomain)]]);
  expect(() => lowerPrimitives('train').apply(graph)).toThrow(CompileError);
  expect(() => lowerPrimitives('train').apply(graph)).toThrow(/no primitive named Mystery/);
});

it('is asked for by toOnnx, which writes no primitives', () => {
  expect(() => toOnnx(recurrent)).toThrow(
    /holds the primitive Gru; lower it first with lowerPrimitives\('train'\)\.apply\(graph\)/,
  );
});

it('computes the same with a Scan as with a GRU', async () => {
  const primitive = lowerPrimitives('train').apply(recurrent);
  const other = { name: 'exported instead', apply: () => lowerPrimitives('export').apply(recurrent) };
  await applied(other, primitive);
});
