/** Functions that depend on the length of their axes in all the ways that can be exported, and in some that can't. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { NamedHostTensors } from '../host-tensor.js';
import { nodeRuntime } from '../node/index.js';
import { loadOnnx } from '../onnx/load.js';
import { readOnnx } from '../onnx/read.js';
import { gru } from '../primitives/gru.js';
import { scan } from '../primitives/scan.js';
import { eagerly, largestDifference, values } from '../test-support/compare.js';
import { checkedAndRunInPython, pythonMissing } from '../test-support/python.js';
import { toText } from '../text.js';
import type { PureFunction } from '../trace.js';
import { type NamedAxes, tracedSizes } from './axes.js';
import { exportGraph, exportOnnx } from './export-onnx.js';

type OneInput = (x: tf.Tensor) => tf.Tensor;

const inputs = { x: { shape: ['batch', 'frames', 4], dtype: 'float32' } } as const;
const axes = { batch: { example: 2 }, frames: { example: 8 } };
// Traced are batches of 2 to 6 and 8 to 36 frames, in steps of 7.
const untracedShapes = [
  [1, 6, 4],
  [7, 9, 4],
  [3, 1, 4],
];

function asFunction(fn: OneInput): PureFunction {
  return ({ x }) => {
    if (x === undefined) throw new Error('no input x');
    return { y: fn(x) };
  };
}

async function expectAgreement(
  fn: OneInput,
  shapes: readonly number[][] = untracedShapes,
  freeAxes: NamedAxes = axes,
): Promise<void> {
  const file = await loadOnnx(exportOnnx(asFunction(fn), inputs, { axes: freeAxes }), {
    runtime: await nodeRuntime({ threads: 1 }),
  });
  for (const shape of shapes) {
    const feeds: NamedHostTensors = { x: values(shape, 5) };
    const oracle = (await eagerly(asFunction(fn), feeds)).y;
    const { y } = await file.run(feeds);
    if (oracle === undefined) throw new Error('no oracle');
    expect(y?.shape).toEqual(oracle.shape);
    expect(largestDifference(oracle, y)).toBeLessThanOrEqual(1e-5);
  }
  await file.dispose();
}

function weight(shape: number[], offset = 1): tf.Tensor {
  return tf.tensor(values(shape, offset).data, shape);
}

function lengths(x: tf.Tensor): [batch: number, frames: number] {
  const [batch = 0, frames = 0] = x.shape;
  return [batch, frames];
}

const agreeing: Readonly<Record<string, OneInput>> = {
  'a dense layer on rows of batch times frames': (x) => {
    const [batch, frames] = lengths(x);
    const rows = tf.matMul(tf.reshape(x, [-1, 4]), weight([4, 3]));
    return tf.reshape(tf.add(rows, weight([3])), [batch, frames, 3]);
  },
  'a mean over frames': (x) => tf.mean(x, 1),
  'a sum divided by the number of frames as a plain number': (x) => tf.div(tf.sum(x, 1), lengths(x)[1]),
  'the last frame': (x) => tf.reshape(tf.slice(x, [0, lengths(x)[1] - 1, 0], [-1, 1, -1]), [-1, 4]),
  'all frames but the last': (x) => tf.slice(x, [0, 0, 0], [-1, Math.max(0, lengths(x)[1] - 1), -1]),
  'products of all frames with one another': (x) => tf.matMul(x, x, false, true),
  'zeros of the batch in front': (x) => tf.concat([tf.zeros([lengths(x)[0], 2, 4]), x], 1),
  'ones of the size of the input': (x) => tf.mul(tf.fill(x.shape, 2), x),
  'frames and features in one axis': (x) => tf.reshape(x, [lengths(x)[0], lengths(x)[1] * 4]),
  'everything in one axis': (x) => tf.reshape(x, [-1]),
  'frames joined twice': (x) => tf.concat([x, x], 1),
  'a row broadcast over the batch': (x) => tf.tile(tf.reshape(weight([4]), [1, 4]), [lengths(x)[0], 1]),
  'padding of two frames': (x) =>
    tf.pad(x, [
      [0, 0],
      [2, 0],
      [0, 0],
    ]),
  'a recurrence over frames from zeros': (x) =>
    gru(x, tf.zeros([lengths(x)[0], 2]), {
      kernel: weight([4, 6]),
      recurrentKernel: weight([2, 6]),
      bias: weight([6]),
      recurrentBias: weight([6]),
    }),
  'a scan whose body depends on the batch': (x) => {
    const { results } = scan(
      ([sum], [row]) => {
        if (sum === undefined || row === undefined) throw new Error('a scan without its values');
        const next = tf.add(tf.add(sum, row), tf.ones([lengths(row)[0], 4]));
        return { state: [next], results: [tf.reshape(next, [lengths(row)[0] * 4])] };
      },
      [tf.zeros([lengths(x)[0], 4])],
      [tf.transpose(x, [1, 0, 2])],
    );
    return results[0] ?? x;
  },
};

describe('an exported function agrees with eager TensorFlow.js at 3 sizes never traced, to 1e-5:', () => {
  for (const [name, fn] of Object.entries(agreeing)) it(name, () => expectAgreement(fn));

  const missing = pythonMissing();
  it.skipIf(missing !== undefined)(
    `and all these files pass onnx.checker's full check${missing === undefined ? '' : ` (skipped: ${missing})`}`,
    () => {
      const models = Object.values(agreeing).map((fn) => exportOnnx(asFunction(fn), inputs, { axes }));
      const results = checkedAndRunInPython(models.map((model) => ({ model, runs: [{ x: values([3, 7, 4]) }] })));
      expect(results).toHaveLength(models.length);
    },
  );

  const half: OneInput = (x) => tf.slice(x, [0, 0, 0], [-1, Math.floor(lengths(x)[1] / 2), -1]);

  it('the first half of the frames, where frames are a multiple of 2', () => {
    const even = { ...axes, frames: { example: 8, multipleOf: 2 } };
    return expectAgreement(
      half,
      [1, 3, 7].map((batch) => [batch, 10 * batch, 4]),
      even,
    );
  });

  it('but not the first half of any number of frames, which is refused', () =>
    expect(expectAgreement(half)).rejects.toThrow(/Slice.*length of axis 1 follows no rule/));
});

describe('what depends on the remainder of a length', () => {
  const asPicture = (x: tf.Tensor) => tf.expandDims(x, 2) as tf.Tensor4D; // [batch, frames, 1, 4]
  const remainders: Readonly<Record<string, OneInput>> = {
    'conv1d, stride 2, same': (x) => tf.conv1d(x as tf.Tensor3D, weight([3, 4, 5]) as tf.Tensor3D, 2, 'same'),
    'conv2d, stride 2, same': (x) => tf.conv2d(asPicture(x), weight([3, 1, 4, 5]) as tf.Tensor4D, [2, 1], 'same'),
    'conv2d, stride 3, same': (x) => tf.conv2d(asPicture(x), weight([4, 1, 4, 5]) as tf.Tensor4D, [3, 1], 'same'),
    'depthwise, stride 2, same': (x) =>
      tf.depthwiseConv2d(asPicture(x), weight([3, 3, 4, 1]) as tf.Tensor4D, [2, 2], 'same'),
    'maxPool, stride 2, same': (x) => tf.maxPool(asPicture(x), [3, 1], [2, 1], 'same'),
    'whole blocks of 4 frames': (x) => tf.slice(x, [0, 0, 0], [-1, Math.floor(lengths(x)[1] / 4) * 4, -1]),
    'whole blocks of 5 frames': (x) => tf.slice(x, [0, 0, 0], [-1, Math.floor(lengths(x)[1] / 5) * 5, -1]),
    'a branch for even frames': (x) => (lengths(x)[1] % 2 === 0 ? tf.relu(x) : tf.neg(x)),
    'a branch for frames that 3 divides': (x) => (lengths(x)[1] % 3 === 0 ? tf.relu(x) : tf.neg(x)),
    'a factor for even frames': (x) => tf.mul(x, lengths(x)[1] % 2 === 0 ? 2 : 3),
  };
  for (const example of [8, 12, 15, 32]) {
    it(`is refused in ${Object.keys(remainders).length} cases with an example of ${example}`, () => {
      const free = { ...axes, frames: { example } };
      for (const [name, fn] of Object.entries(remainders)) {
        expect(() => exportOnnx(asFunction(fn), inputs, { axes: free }), name).toThrow(
          /pads changes with the sizes|follows no rule|different paths|values change with the sizes/,
        );
      }
    });
  }

  it('is exported where lengths are multiples of the stride: conv1d, stride 2, same, of even frames', () => {
    const even = { ...axes, frames: { example: 8, multipleOf: 2 } };
    const convolved = remainders['conv1d, stride 2, same'] as OneInput;
    return expectAgreement(
      convolved,
      [1, 3, 7].map((batch) => [batch, 10 * batch, 4]),
      even,
    );
  });

  it('is looked for with lengths that leave all remainders of 2, 3, 4 and 5, in units of multipleOf', () => {
    for (let example = 1; example <= 70; example++) {
      const sizes = tracedSizes(inputs, { batch: { example }, frames: { example: 3 * example, multipleOf: 3 } });
      for (const divisor of [2, 3, 4, 5]) {
        const batches = new Set(sizes.map(({ batch = 0 }) => batch % divisor));
        const frames = new Set(sizes.map(({ frames = 0 }) => (frames / 3) % divisor));
        expect([batches.size, frames.size], `example ${example}, divisor ${divisor}`).toEqual([divisor, divisor]);
      }
    }
  });
});

describe('a picture encoder with free height and width', () => {
  const picture = { pixels: { shape: ['batch', 'height', 'width', 3], dtype: 'float32' } } as const;
  const pictureAxes = { batch: { example: 2 }, height: { example: 12 }, width: { example: 20 } };
  const encoder: PureFunction = ({ pixels }) => {
    const filters = (inputs: number, outputs: number) => weight([3, 3, inputs, outputs]) as tf.Tensor4D;
    const first = tf.relu(tf.add(tf.conv2d(pixels as tf.Tensor4D, filters(3, 4), 2, 'valid'), weight([4])));
    const second = tf.relu(tf.add(tf.conv2d(first as tf.Tensor4D, filters(4, 5), 2, 'valid'), weight([5])));
    return { grid: second, pooled: tf.mean(second, [1, 2]) };
  };
  const file = exportOnnx(encoder, picture, { axes: pictureAxes });

  it('agrees with eager TensorFlow.js at 7 x 9 and 31 x 8 pixels, to 1e-5', async () => {
    const loaded = await loadOnnx(file, { runtime: await nodeRuntime({ threads: 1 }) });
    for (const shape of [
      [1, 7, 9, 3],
      [3, 31, 8, 3],
    ]) {
      const feeds = { pixels: values(shape, 3) };
      const received = await loaded.run(feeds);
      for (const [name, wanted] of Object.entries(await eagerly(encoder, feeds))) {
        expect(received[name]?.shape).toEqual(wanted.shape);
        expect(largestDifference(wanted, received[name])).toBeLessThanOrEqual(1e-5);
      }
    }
    await loaded.dispose();
  });

  it('has 2 Transposes, before the first Conv and after the last, and names its axes floor((height - 3)/4) and floor((width - 3)/4)', () => {
    const { operators, outputs } = readOnnx(file);
    expect(operators).toEqual(['Transpose', 'Conv', 'Relu', 'Conv', 'Relu', 'Transpose', 'ReduceMean']);
    expect(outputs.grid?.shape).toEqual(['batch', 'floor((height - 3)/4)', 'floor((width - 3)/4)', 5]);
  });
});

describe('output axes', () => {
  const shapeOf = (fn: OneInput) => readOnnx(exportOnnx(asFunction(fn), inputs, { axes })).outputs.y?.shape;

  it('are named after what they depend on: batch*frames, 4*frames, frames + 2, 2*frames', () => {
    expect(shapeOf((x) => tf.reshape(x, [-1, 4]))).toEqual(['batch*frames', 4]);
    expect(shapeOf((x) => tf.reshape(x, [lengths(x)[0], -1]))).toEqual(['batch', '4*frames']);
    expect(
      shapeOf((x) =>
        tf.pad(x, [
          [0, 0],
          [2, 0],
          [0, 0],
        ]),
      ),
    ).toEqual(['batch', 'frames + 2', 4]);
    expect(shapeOf((x) => tf.concat([x, x], 1))).toEqual(['batch', '2*frames', 4]);
  });
});

describe('exportOnnx', () => {
  it('holds a tensor of 1,000,000 weights once, in 4,000,000 bytes and 1,000 at most besides', () => {
    const data = values([1000, 1000]).data;
    const file = exportOnnx(
      ({ x }) => ({ y: tf.matMul(x as tf.Tensor2D, tf.tensor2d(data as Float32Array, [1000, 1000])) }),
      { x: { shape: ['batch', 1000], dtype: 'float32' } },
      { axes: { batch: { example: 2 } } },
    );
    expect(file.length).toBeGreaterThan(4_000_000);
    expect(file.length).toBeLessThan(4_001_000);
  });

  it('holds the 4,000,000 bytes of a layer that is applied twice once', () => {
    const data = values([1000, 1000]).data;
    const layer = (x: tf.Tensor) => tf.matMul(x as tf.Tensor2D, tf.tensor2d(data as Float32Array, [1000, 1000]));
    const file = exportOnnx(
      ({ x }) => ({ y: layer(tf.relu(layer(x as tf.Tensor))) }),
      { x: { shape: ['batch', 1000], dtype: 'float32' } },
      { axes: { batch: { example: 2 } } },
    );
    expect(file.length).toBeLessThan(4_001_000);
  });

  it('copies and infers entries of a Reshape instead of computing them where one is open', () => {
    const graph = exportGraph(
      asFunction((x) => tf.reshape(x, [lengths(x)[0], lengths(x)[1], 2, 2])),
      inputs,
      axes,
    );
    expect(toText(graph)).toContain('[0, 0, 2, 2]');
    expect(graph.nodes).toHaveLength(1);
  });

  it('refuses a loop over a free axis, naming the node and scan', () => {
    const loop: OneInput = (x) => tf.addN(tf.unstack(x, 1));
    expect(() => exportOnnx(asFunction(loop), inputs, { axes })).toThrow(/different\s+paths.*scan/s);
  });

  it('refuses a constant whose values depend on a length, naming its shapes', () => {
    const positions: OneInput = (x) => tf.add(x, tf.reshape(tf.range(0, lengths(x)[1]), [-1, 1]));
    expect(() => exportOnnx(asFunction(positions), inputs, { axes })).toThrow(
      /shapes \[8\], \[22\], \[36\], \[15\], \[29\]\); pass it as an input/,
    );
  });

  it('refuses a length that is the square root of an axis, naming the axis', () => {
    const root: OneInput = (x) => tf.slice(x, [0, 0, 0], [-1, Math.floor(Math.sqrt(lengths(x)[1])), -1]);
    expect(() => exportOnnx(asFunction(root), inputs, { axes })).toThrow(/Slice.*axis 1 follows no rule/s);
  });

  it('refuses an axis that is not described and one that no input has', () => {
    const same: OneInput = (x) => tf.relu(x);
    expect(() => exportOnnx(asFunction(same), inputs, { axes: { batch: axes.batch } })).toThrow(
      /Add frames: \{ example/,
    );
    expect(() => exportOnnx(asFunction(same), inputs, { axes: { ...axes, width: { example: 2 } } })).toThrow(
      /"width", which no input has/,
    );
  });

  it('refuses an example of 3200.5 and one of 100 that should be a multiple of 160', () => {
    const same: OneInput = (x) => tf.relu(x);
    for (const [frames, message] of [
      [{ example: 3200.5 }, /received 3200.5/],
      [{ example: 100, multipleOf: 160 }, /100 is not a multiple of 160/],
    ] as const) {
      expect(() => exportOnnx(asFunction(same), inputs, { axes: { ...axes, frames } })).toThrow(message);
    }
  });

  it('exports a function without free axes from a single trace', () => {
    let traces = 0;
    const fn: PureFunction = ({ x }) => {
      traces++;
      return { y: tf.relu(x as tf.Tensor) };
    };
    const file = exportOnnx(fn, { x: { shape: [2, 3], dtype: 'float32' } }, { axes: {} });
    expect(traces).toBe(1);
    expect(readOnnx(file).outputs.y?.shape).toEqual([2, 3]);
  });
});
