/** Where the largest and smallest values are, and the k largest. */
import * as tf from '@tensorflow/tfjs';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { input, type Kernel, numberAttribute, numbersAttribute } from './kernel.js';

/** The first of equal values wins, as in TensorFlow.js. TensorFlow.js passes over NaN unless it stands first; here it may win. */
const extremePlace =
  (op: string): Kernel =>
  (g, inputs, attributes) => {
    const x = input(inputs, 'x');
    const [axis = 0] = tf.util.parseAxisParam(numbersAttribute(attributes, 'axis'), [...x.shape]);
    const shape = x.shape.filter((_, index) => index !== axis);
    const place = g.node(op, [numbers(g, x)], shape, 'int64', { axis, keepdims: 0, select_last_index: 0 });
    return g.cast(place, 'int32');
  };

/** Values from the largest down, equal ones in their order; also where TensorFlow.js is asked for no order. NaN has no place of its own. */
const topK: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const count = numberAttribute(attributes, 'k');
  const shape = [...x.shape.slice(0, -1), count];
  const ordered = numbers(g, x);
  const [values, places] = g.nodes(
    'TopK',
    [ordered, g.int64([count])],
    [
      { shape, dtype: ordered.dtype },
      { shape, dtype: 'int64' },
    ],
    { axis: -1, largest: 1, sorted: 1 },
  );
  return values === undefined || places === undefined ? [] : [g.cast(values, x.dtype), g.cast(places, 'int32')];
};

function numbers(g: GraphBuilder, x: Traced): Traced {
  return x.dtype === 'bool' ? g.cast(x, 'int32') : x;
}

export const orderKernels: Readonly<Record<string, Kernel>> = {
  ArgMax: extremePlace('ArgMax'),
  ArgMin: extremePlace('ArgMin'),
  TopK: topK,
};
