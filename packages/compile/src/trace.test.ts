import { CompileError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { exportOnnx } from './export/export-onnx.js';
import { GraphBuilder } from './graph-builder.js';
import { readOnnx } from './onnx/read.js';
import { blockConv1d } from './primitives/block-conv1d.js';
import { scan } from './primitives/scan.js';
import { expectAgreement } from './test-support/compare.js';
import { floats } from './test-support/tensors.js';
import { toText } from './text.js';
import { type NamedTensors, type PureFunction, trace } from './trace.js';

const vector = { x: { shape: [3], dtype: 'float32' } } as const;

/** What a function is refused with, once it is sure that nothing else has changed. */
function refusal(fn: PureFunction): string {
  const before = { backend: tf.getBackend(), memory: countsOf() };
  let message = 'not refused';
  try {
    trace(fn, vector);
  } catch (error) {
    expect(CompileError.isInstance(error), String(error)).toBe(true);
    message = error instanceof Error ? error.message : '';
  }
  expect({ backend: tf.getBackend(), memory: countsOf() }).toEqual(before);
  return message;
}

function countsOf() {
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  return { numTensors, numDataBuffers, numBytes };
}

const input = ({ x }: NamedTensors): tf.Tensor => x as tf.Tensor;

beforeAll(() => tf.setBackend('cpu'));

describe('trace', () => {
  it('writes a function of 2 operations as 2 nodes and an Identity that names the output', () => {
    const graph = trace(({ x }) => ({ y: tf.relu(tf.neg(x as tf.Tensor)) }), vector);
    expect(toText(graph).split('\n')).toEqual([
      'input x: float32[3]',
      't0: float32[3] = Neg(x)',
      't1: float32[3] = Relu(t0)',
      'y: float32[3] = Identity(t1)',
      'output y: float32[3]',
    ]);
  });

  it('leaves 0 tensors, buffers and bytes behind, with gradients, constants, identities and a scan', () => {
    const before = countsOf();
    const step = (inputs: NamedTensors) => {
      const loss = (x: tf.Tensor) => tf.sum<tf.Scalar>(tf.mul(tf.clone(tf.square(x)), tf.tensor1d([1, 2, 3])));
      const { value, grads } = tf.valueAndGrads(loss)([input(inputs)]);
      const { state } = scan(
        ([sum], [now]) => ({ state: [tf.add(sum as tf.Tensor, now as tf.Tensor)], results: [] }),
        [tf.scalar(0)],
        [input(inputs)],
      );
      const row = blockConv1d(tf.reshape(input(inputs), [1, 3, 1]), tf.ones([1, 1, 1]), {
        stride: 1,
        padBefore: 0,
        padAfter: 0,
      });
      return { value, gradient: grads[0] as tf.Tensor, total: state[0] as tf.Tensor, row };
    };
    trace(step, vector);
    expect(countsOf()).toEqual(before);
  });

  it('leaves tensors made before it usable, and counts them as before', () => {
    const outside = tf.tensor1d([1, 2, 3]);
    trace(({ x }) => ({ y: tf.exp(x as tf.Tensor) }), vector);
    expect(Array.from(tf.add(outside, 1).dataSync())).toEqual([2, 3, 4]);
    outside.dispose();
  });

  it('may look at values that are known already, such as those of a tensor made outside', () => {
    const outside = tf.scalar(2);
    const graph = trace(({ x }) => ({ y: tf.mul(x as tf.Tensor, outside.dataSync()[0] ?? 0) }), vector);
    expect(toText(graph)).toContain('Mul(x, 2)');
    outside.dispose();
  });

  it('lets a scan body read values from around it', () => {
    const graph = trace(({ x }) => {
      const offset = tf.mean(x as tf.Tensor);
      const body = ([sum]: tf.Tensor[], [now]: tf.Tensor[]) => ({
        state: [tf.add(tf.add(sum as tf.Tensor, now as tf.Tensor), offset)],
        results: [],
      });
      return { y: scan(body, [tf.scalar(0)], [x as tf.Tensor]).state[0] as tf.Tensor };
    }, vector);
    expect(graph.nodes.map(({ op }) => op)).toContain('Scan');
  });
});

describe('a traced function', () => {
  it('may not need an unknown kernel: the message names it and the folder for it', () => {
    expect(refusal((inputs) => ({ y: tf.fft(tf.complex(input(inputs), input(inputs))) }))).toMatch(
      /no lowering for TensorFlow\.js kernel Complex\..*packages\/compile\/src\/kernels\//,
    );
  });

  it('may not read a value: the message tells of tf.where', () => {
    expect(refusal((inputs) => ({ y: tf.scalar(input(inputs).dataSync()[0] ?? 0) }))).toMatch(
      /value was read.*tf\.where/,
    );
    expect(refusal((inputs) => ({ y: tf.tensor(input(inputs).arraySync()) }))).toMatch(/value was read/);
  });

  it('may not read a value inside a gradient', () => {
    const loss = (x: tf.Tensor) => (x.dataSync()[0] === 0 ? tf.sum<tf.Scalar>(x) : tf.mean<tf.Scalar>(x));
    expect(refusal((inputs) => ({ y: tf.grad(loss)(input(inputs)) }))).toMatch(/value was read/);
  });

  it('may not use a tensor made outside it', () => {
    const outside = tf.tensor1d([1, 2, 3]);
    expect(refusal((inputs) => ({ y: tf.add(input(inputs), outside) }))).toMatch(
      /tensor made outside it\. Pass it as an input/,
    );
    expect(refusal(() => ({ y: outside }))).toMatch(/tensor made outside it/);
    outside.dispose();
  });

  it('may not use a tensor of another trace, whether that has ended or is around it', () => {
    let kept: tf.Tensor | undefined;
    const keep = (inputs: NamedTensors) => {
      kept = input(inputs);
      return { y: tf.neg(kept) };
    };
    trace(keep, vector);
    expect(refusal((inputs) => ({ y: tf.add(input(inputs), kept as tf.Tensor) }))).toMatch(/tensor of another trace/);
    expect(
      refusal((outer) => {
        trace((inner) => ({ y: tf.add(input(inner), input(outer)) }), vector);
        return { y: input(outer) };
      }),
    ).toMatch(/tensor of another trace/);
  });

  it('may not take a value out of a scan body but by returning it', () => {
    const smuggle = (inputs: NamedTensors) => {
      let inside: tf.Tensor | undefined;
      const body = ([sum]: tf.Tensor[], [now]: tf.Tensor[]) => {
        inside = tf.add(sum as tf.Tensor, now as tf.Tensor);
        return { state: [inside], results: [] };
      };
      scan(body, [tf.scalar(0)], [input(inputs)]);
      return { y: tf.neg(inside as tf.Tensor) };
    };
    expect(refusal(smuggle)).toMatch(/finished scan body/);
  });

  it('may not be asynchronous, and what it goes on to do is not heard of', async () => {
    const rejections: unknown[] = [];
    const listener = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', listener);
    const later = async (inputs: NamedTensors) => ({ y: tf.scalar((await input(inputs).data())[0] ?? 0) });
    expect(refusal(later as PureFunction & typeof later)).toMatch(/asynchronous.*may not await/);
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', listener);
    expect(rejections).toEqual([]);
  });

  it('may not draw at random: the message tells of inputs, and Math.random draws again afterwards', () => {
    const { random } = Math;
    const draws: Readonly<Record<string, PureFunction>> = {
      dropout: (inputs) => ({ y: tf.dropout(input(inputs), 0.5) }),
      randomNormal: (inputs) => ({ y: tf.add(input(inputs), tf.randomNormal([3])) }),
      randomUniform: (inputs) => ({ y: tf.add(input(inputs), tf.randomUniform([3])) }),
      truncatedNormal: (inputs) => ({ y: tf.add(input(inputs), tf.truncatedNormal([3])) }),
    };
    for (const [name, fn] of Object.entries(draws)) {
      expect(refusal(fn), name).toMatch(/random number was drawn while tracing.*as an input/);
      const { random: now } = Math;
      expect(now, name).toBe(random);
    }
  });

  it('holds a draw with a seed of its own as a constant', () => {
    const graph = trace(({ x }) => ({ y: tf.add(x as tf.Tensor, tf.randomNormal([3], 0, 1, 'float32', 1)) }), vector);
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Add', 'Identity']);
    expect(graph.constants.size).toBe(1);
  });

  it('may not return a bare tensor, a list, a number, nothing at all, or a record of numbers', () => {
    const results: Readonly<Record<string, (x: tf.Tensor) => unknown>> = {
      'received a bare tensor\\.': (x) => tf.neg(x),
      'received an array\\.': (x) => [tf.neg(x)],
      'received 3\\.': () => 3,
      'received undefined\\.': () => undefined,
      'received null\\.': () => null,
      'received 3 as "loss"\\.': (x) => ({ y: tf.neg(x), loss: 3 }),
      'received undefined as "y"\\.': () => ({ y: undefined }),
    };
    for (const [message, fn] of Object.entries(results)) {
      expect(refusal((inputs) => fn(input(inputs)) as NamedTensors)).toMatch(
        new RegExp(`${message}.*return \\{ y \\}`),
      );
    }
  });

  it('may not return nothing, nor an output named like an input, nor two values of one input name', () => {
    expect(refusal(() => ({}))).toMatch(/returned no outputs/);
    expect(refusal((inputs) => ({ x: tf.neg(input(inputs)) }))).toMatch(/output "x" has the name of an input/);
    const g = new GraphBuilder();
    g.input('a', { shape: [], dtype: 'float32' });
    expect(() => g.input('a', { shape: [], dtype: 'float32' })).toThrow(/two inputs are named "a"/);
  });

  it('may not hold strings, complex numbers or int64', () => {
    expect(refusal(() => ({ y: tf.tensor(['a']) }))).toMatch(/element type string is not supported/);
    expect(refusal((inputs) => ({ y: tf.cast(input(inputs), 'complex64') }))).toMatch(/complex64 is not supported/);
    const whole = { x: { shape: [2], dtype: 'int64' } } as const;
    expect(() => trace((inputs) => ({ y: input(inputs) }), whole)).toThrow(/int64, which TensorFlow\.js does not have/);
  });

  it('may throw an error of its own, which arrives as it is', () => {
    const own = new RangeError('mine');
    expect(() =>
      trace(() => {
        throw own;
      }, vector),
    ).toThrow(own);
    expect(tf.getBackend()).toBe('cpu');
  });
});

describe('inputs', () => {
  it('have lengths that are whole numbers of at least 0: the message tells of exportOnnx', () => {
    for (const shape of [[-1], [2.5], [Number.NaN], ['batch'], [2, undefined]]) {
      const specs = { x: { shape: shape as number[], dtype: 'float32' } } as const;
      expect(() => trace((inputs) => ({ y: tf.neg(input(inputs)) }), specs)).toThrow(
        /input "x" has shape \[.*whole numbers of at least 0.*exportOnnx/,
      );
    }
    const empty = { x: { shape: [0, 3], dtype: 'float32' } } as const;
    expect(trace((inputs) => ({ y: tf.neg(input(inputs)) }), empty).outputs[0]?.shape).toEqual([0, 3]);
  });
});

describe('variables made while tracing', () => {
  const step = (inputs: NamedTensors) => {
    const weights = tf.variable(tf.tensor1d([1, 2, 3]), true, 'named weights');
    const loss = () => tf.sum<tf.Scalar>(tf.mul(tf.square(weights), input(inputs)));
    const { value, grads } = tf.variableGrads(loss);
    return { value, gradient: grads['named weights'] as tf.Tensor };
  };

  it('are gone after it, with their names: a function with a named one can be traced twice', () => {
    const before = { ...countsOf(), variables: Object.keys(tf.engine().registeredVariables) };
    for (let count = 0; count < 2; count++) {
      expect(trace(step, vector).outputs).toHaveLength(2);
      expect({ ...countsOf(), variables: Object.keys(tf.engine().registeredVariables) }).toEqual(before);
    }
  });

  it('are gone after a failure too', () => {
    const failing = (inputs: NamedTensors) => {
      tf.variable(input(inputs), true, 'failing');
      return { y: tf.dropout(input(inputs), 0.5) };
    };
    expect([refusal(failing), refusal(failing)].join()).toMatch(/random.*random/s);
    expect(tf.engine().registeredVariables.failing).toBeUndefined();
  });

  it('spare those made before, which keep name and value', () => {
    const kept = tf.variable(tf.tensor1d([4]), true, 'kept');
    trace(step, vector);
    expect(tf.engine().registeredVariables.kept).toBe(kept);
    expect(kept.dataSync()[0]).toBe(4);
    kept.dispose();
  });

  it('give the gradient 2 w x, compiled as eagerly, to 1e-5', async () => {
    const fresh = (inputs: NamedTensors) => {
      const result = step(inputs);
      tf.engine().registeredVariables['named weights']?.dispose();
      return result;
    };
    await expectAgreement(fresh, { x: floats([1, 2, 3]) });
  });

  it('may be named in a function that is exported at 5 sizes', () => {
    const layer: PureFunction = (inputs) => ({
      y: tf.mul(input(inputs), tf.variable(tf.tensor1d([1, 2, 3]), true, 'scale')),
    });
    const file = exportOnnx(
      layer,
      { x: { shape: ['batch', 3], dtype: 'float32' } },
      { axes: { batch: { example: 2 } } },
    );
    expect(readOnnx(file).operators).toEqual(['Mul']);
  });
});

describe('an output', () => {
  it('may have the name of a value inside: that one gives way', async () => {
    const feeds = { x: floats([1, -2, 3]) };
    const names: Readonly<Record<string, PureFunction>> = {
      'of a node before it': (inputs) => ({ t0: tf.neg(tf.relu(input(inputs))) }),
      'of a constant': (inputs) => ({ t1: tf.neg(tf.add(input(inputs), 2)), t0: tf.relu(input(inputs)) }),
      swapped: (inputs) => {
        const [first, second] = [tf.neg(input(inputs)), tf.relu(input(inputs))];
        return { t1: first, t0: second };
      },
      'of values in the body of a scan': (inputs) => {
        const body = ([sum]: tf.Tensor[], [now]: tf.Tensor[]) => ({
          state: [tf.add(tf.mul(sum as tf.Tensor, 2), now as tf.Tensor)],
          results: [],
        });
        const last = scan(body, [tf.scalar(0)], [input(inputs)]).state[0] as tf.Tensor;
        return Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`t${index}`, tf.add(last, index)]));
      },
    };
    for (const fn of Object.values(names)) await expectAgreement(fn, feeds);
  });
});

describe('the tracing backend', () => {
  beforeEach(() => vi.spyOn(console, 'error').mockImplementation(() => undefined));
  afterEach(() => vi.restoreAllMocks());

  it('gives way to the backend that was active, after success as after failure inside a gradient', () => {
    trace(({ x }) => ({ y: tf.exp(x as tf.Tensor) }), vector);
    expect(tf.getBackend()).toBe('cpu');
    const failing = () => {
      throw new RangeError('in the forward pass');
    };
    expect(() => trace((inputs) => ({ y: tf.grad(failing)(input(inputs)) }), vector)).toThrow(/in the forward pass/);
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.square(3).dataSync()[0]).toBe(9);
  });
});
