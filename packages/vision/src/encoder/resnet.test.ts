import { countParameters, createRandom, flatten, type HostArray, type Tree, unflatten } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { visionModelShapes } from '../model-shapes.js';
import { initialisations, paperPreset } from '../presets.js';
import { noise, tensorsOf, tinySettings } from '../test-support/tensors.js';
import { blockShapes, latentSize } from './architecture.js';
import { initialiseResnet, resnet } from './resnet.js';

beforeAll(() => tf.setBackend('cpu'));

function encoded(change: Partial<typeof tinySettings>, input: tf.Tensor4D, seed = 1): tf.Tensor2D {
  const settings = { ...tinySettings, ...change };
  return resnet(settings, tensorsOf({ encoder: initialiseResnet(settings, createRandom(seed)) }), 'encoder', input);
}

const patches = (count: number) => noise([count, 8, 8, 3]) as tf.Tensor4D;

describe('the residual network', () => {
  it('of the paper has 30 blocks of 3 layers and a z of 1024; 18, 34, 50 as usual up to the third stack', () => {
    const sizes = ([18, 26, 34, 50, 101] as const).map((depth) => [
      blockShapes({ depth, width: 64 }).length,
      latentSize({ depth, width: 64 }),
    ]);
    expect(sizes).toEqual([
      [6, 256],
      [6, 1024],
      [13, 256],
      [13, 1024],
      [30, 1024],
    ]);
  });

  it('101 has 27.5 million parameters: 49 for every stem channel, products of widths for the rest', () => {
    const shapes = Object.entries(visionModelShapes(paperPreset)).filter(([path]) => path.startsWith('encoder/'));
    const count = shapes.reduce((sum, [, shape]) => sum + shape.reduce((size, length) => size * length, 1), 0);
    const layer = (size: number, inputs: number, outputs: number) => size * inputs * outputs + outputs;
    let expected = layer(49, 1, 64);
    let inputs = 64;
    for (const [stack, blocks] of [3, 4, 23].entries()) {
      const [inner, outputs] = [64 * 2 ** stack, 256 * 2 ** stack];
      for (let block = 0; block < blocks; block++) {
        expected += layer(1, inputs, inner) + layer(9, inner, inner) + layer(1, inner, outputs) + 1;
        if (block === 0) expected += layer(1, inputs, outputs);
        inputs = outputs;
      }
    }
    expect(count).toBe(expected);
    expect(count / 1e6).toBeCloseTo(27.5, 0);
  });

  it('encodes a patch alike whatever stands beside it, with every normalisation', () => {
    const both = patches(2);
    const first = tf.slice(both, [0, 0, 0, 0], [1, -1, -1, -1]);
    for (const normalisation of ['none', 'layer', 'group'] as const) {
      const alone = encoded({ normalisation, width: 16 }, first).dataSync();
      const beside = tf.slice(encoded({ normalisation, width: 16 }, both), [0, 0], [1, -1]).dataSync();
      for (const [at, value] of alone.entries()) expect(beside[at]).toBeCloseTo(value, 5);
    }
  });

  it('leaves one tensor behind', () => {
    const settings = tinySettings;
    const parameters = tensorsOf({ encoder: initialiseResnet(settings, createRandom(1)) });
    const input = patches(2);
    const before = tf.memory().numTensors;
    resnet(settings, parameters, 'encoder', input);
    expect(tf.memory().numTensors).toBe(before + 1);
  });

  it("adds a block's last layer times the block's factor: nothing of its kernel or its bias where that is 0", () => {
    const initial = flatten({ encoder: initialiseResnet(tinySettings, createRandom(1)) });
    const last = `encoder/${blockShapes(tinySettings).at(-1)?.path}`;
    const input = patches(1);
    const encodedWith = (factor: number, bias: number) => {
      const changed = Object.entries(initial).map(([path, array]): [string, HostArray] => {
        if (path === `${last}/factor`) return [path, { ...array, data: Float32Array.of(factor) }];
        const isBias = path.startsWith(`${last}/layer`) && path.endsWith('/bias');
        return [path, isBias ? { ...array, data: array.data.map(() => bias) } : array];
      });
      const parameters = tensorsOf(unflatten(Object.fromEntries(changed)));
      return Array.from(resnet(tinySettings, parameters, 'encoder', input).dataSync());
    };
    expect(encodedWith(0, 1)).toEqual(encodedWith(0, 0));
    expect(encodedWith(1, 1)).not.toEqual(encodedWith(1, 0));
  });

  it.each([18, 26] as const)(
    '%d deep, has the same gradients, bit for bit, where blocks are computed again',
    (depth) => {
      const settings = { ...tinySettings, depth };
      const input = patches(2);
      const tensors = flatten(tensorsOf({ encoder: initialiseResnet(settings, createRandom(1)) }));
      const gradientsOf = (recomputeBlocks: boolean) => {
        const loss = (...values: tf.Tensor[]) => {
          const leaves = Object.fromEntries(
            Object.keys(tensors).map((path, index) => [path, values[index] as tf.Tensor]),
          );
          return tf.sum(tf.square(resnet({ ...settings, recomputeBlocks }, unflatten(leaves), 'encoder', input)));
        };
        return tf
          .grads(loss)(Object.values(tensors))
          .map((gradient) => [...gradient.dataSync()]);
      };
      const expected = gradientsOf(false);
      expect(expected.every((values) => values.some((value) => value !== 0))).toBe(true);
      expect(gradientsOf(true)).toEqual(expected);
    },
  );

  it.each([true, false])('with a final ReLU: %s, agrees with convolutions in plain loops, to 1e-5', (finalRelu) => {
    const settings = { ...tinySettings, width: 2, stem: '3x3' as const, finalRelu };
    const tree = initialiseResnet(settings, createRandom(5));
    const input = noise([1, 4, 4, 3]) as tf.Tensor4D;
    const expected = plainResnet(tree, settings, input.arraySync()[0] ?? []);
    const actual = resnet(settings, tensorsOf({ encoder: tree }), 'encoder', input).dataSync();
    expect(actual.length).toBe(8);
    expect(actual.every((value) => value >= 0)).toBe(finalRelu);
    for (const [at, value] of expected.entries()) expect(actual[at]).toBeCloseTo(value, 5);
  });
});

describe('initialisations', () => {
  it('fixup and skip-init begin with no branch at all; scaled-he with one', () => {
    const input = patches(1);
    const withoutBranches = (initialisation: (typeof initialisations)[number]) => {
      const settings = { ...tinySettings, initialisation };
      const tree = initialiseResnet(settings, createRandom(1));
      const cut = Object.fromEntries(
        Object.entries(tree).map(([stack, blocks]) => [
          stack,
          stack === 'stem' ? blocks : withFactorZero(blocks as Tree<HostArray>),
        ]),
      );
      const run = (parameters: Tree<HostArray>) =>
        resnet(settings, tensorsOf({ encoder: parameters }), 'encoder', input);
      return tf.max(tf.abs(tf.sub(run(tree), run(cut)))).dataSync()[0];
    };
    expect(withoutBranches('fixup')).toBe(0);
    expect(withoutBranches('skip-init')).toBe(0);
    expect(withoutBranches('scaled-he')).toBeGreaterThan(0.01);
  });

  it.each(initialisations)(
    '%s keeps z of 101 layers within a factor of 10 of the root mean square of 18',
    (initialisation) => {
      const spread = (depth: 18 | 101) => {
        const z = encoded({ initialisation, depth, width: 8 }, patches(8));
        return Math.sqrt(tf.mean(tf.square(z)).dataSync()[0] ?? 0);
      };
      const ratio = spread(101) / spread(18);
      expect(ratio).toBeGreaterThan(0.1);
      expect(ratio).toBeLessThan(10);
    },
  );

  it('counts: a branch of 2 layers of 18 has 9 of 4 x 4 weights in its first', () => {
    const tree = initialiseResnet(tinySettings, createRandom(1));
    const stack = tree.stack1 as Tree<HostArray>;
    expect(countParameters({ layer: (stack.block1 as Tree<HostArray>).layer1 ?? {} })).toBe(9 * 4 * 4 + 4);
  });
});

function withFactorZero(blocks: Tree<HostArray>): Tree<HostArray> {
  const zero = { shape: [1], data: Float32Array.of(0) };
  return Object.fromEntries(
    Object.entries(blocks).map(([name, block]) => [name, { ...(block as Tree<HostArray>), factor: zero }]),
  );
}

type Grid = number[][][]; // [row][column][channel]

function plainResnet(tree: Tree<HostArray>, settings: typeof tinySettings, input: Grid): number[] {
  const leaf = (path: string) =>
    path
      .split('/')
      .reduce<HostArray | Tree<HostArray>>((node, name) => (node as Tree<HostArray>)[name] ?? {}, tree) as HostArray;
  const convolve = (path: string, from: Grid, stride: number): Grid => {
    const { shape, data } = leaf(`${path}/kernel`);
    const bias = leaf(`${path}/bias`).data;
    const [size = 1, , inputs = 1, outputs = 1] = shape;
    const side = Math.ceil(from.length / stride);
    const before = Math.floor(Math.max(0, (side - 1) * stride + size - from.length) / 2);
    return Array.from({ length: side }, (_, row) =>
      Array.from({ length: side }, (_unused, column) =>
        Array.from({ length: outputs }, (_none, output) => {
          let sum = bias[output] ?? 0;
          for (let y = 0; y < size; y++)
            for (let x = 0; x < size; x++)
              for (let channel = 0; channel < inputs; channel++) {
                const pixel = from[row * stride + y - before]?.[column * stride + x - before]?.[channel] ?? 0;
                sum += pixel * (data[((y * size + x) * inputs + channel) * outputs + output] ?? 0);
              }
          return sum;
        }),
      ),
    );
  };
  const map = (grid: Grid, change: (value: number, row: number, column: number, channel: number) => number): Grid =>
    grid.map((line, row) =>
      line.map((pixel, column) => pixel.map((value, channel) => change(value, row, column, channel))),
    );
  const relu = (grid: Grid) => map(grid, (value) => Math.max(0, value));
  let features = convolve('stem', input, 1);
  for (const { path, stride, hasProjection } of blockShapes(settings)) {
    const active = relu(features);
    const branch = convolve(`${path}/layer2`, relu(convolve(`${path}/layer1`, active, stride)), 1);
    const around = hasProjection ? convolve(`${path}/projection`, active, stride) : features;
    const factor = leaf(`${path}/factor`).data[0] ?? 0;
    features = map(around, (value, row, column, channel) => value + factor * (branch[row]?.[column]?.[channel] ?? 0));
  }
  const positions = (settings.finalRelu ? relu(features) : features).flat();
  return (positions[0] ?? []).map(
    (_, channel) => positions.reduce((sum, pixel) => sum + (pixel[channel] ?? 0), 0) / positions.length,
  );
}
