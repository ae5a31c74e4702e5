import type * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { CompileError } from '../errors.js';
import { GraphBuilder } from '../graph-builder.js';
import { toOnnx } from '../onnx/encode.js';
import { primitiveDomain } from '../primitives/define.js';
import { gru } from '../primitives/gru.js';
import { applied, countOf } from '../test-support/passes.js';
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

it('names a primitive that this program does not define', () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [1], dtype: 'float32' });
  const graph = g.finish([['y', g.node('Mystery', [x], [1], 'float32', {}, primitiveDomain)]]);
  expect(() => lowerPrimitives('train').apply(graph)).toThrow(CompileError);
  expect(() => lowerPrimitives('train').apply(graph)).toThrow(/no primitive named Mystery/);
});

it('is asked for by toOnnx, which writes no primitives', () => {
  expect(() => toOnnx(recurrent)).toThrow(/holds the primitive Gru; apply lowerPrimitives/);
});

it('computes the same with a Scan as with a GRU', async () => {
  const primitive = lowerPrimitives('train').apply(recurrent);
  const other = { name: 'exported instead', apply: () => lowerPrimitives('export').apply(recurrent) };
  await applied(other, primitive);
});
