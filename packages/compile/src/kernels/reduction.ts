/** Sums, means, extremes along axes. */
import * as tf from '@tensorflow/tfjs';
import type { DataType } from '../graph.js';
import { flagAttribute, input, type Kernel, numbersAttribute } from './kernel.js';

const reduction =
  (op: string, resultType: (dtype: DataType) => DataType): Kernel =>
  (g, inputs, attributes) => {
    const x = input(inputs, 'x');
    const named = attributes.axis ?? attributes.reductionIndices;
    const axes =
      named == null
        ? x.shape.map((_, axis) => axis)
        : tf.util.parseAxisParam(numbersAttribute({ named }, 'named'), [...x.shape]);
    const dtype = resultType(x.dtype);
    const keepDims = flagAttribute(attributes, 'keepDims');
    const shape = x.shape.flatMap((length, axis) => (!axes.includes(axis) ? [length] : keepDims ? [1] : []));
    return g.node(op, [g.cast(x, dtype), g.int64(axes)], shape, dtype, {
      keepdims: keepDims ? 1 : 0,
      noop_with_empty_axes: 1,
    });
  };

const same = (dtype: DataType): DataType => dtype;
const countable = (dtype: DataType): DataType => (dtype === 'bool' ? 'int32' : dtype);

export const reductionKernels: Readonly<Record<string, Kernel>> = {
  Max: reduction('ReduceMax', same),
  Mean: reduction('ReduceMean', () => 'float32'),
  Min: reduction('ReduceMin', same),
  Prod: reduction('ReduceProd', countable),
  Sum: reduction('ReduceSum', countable),
};
