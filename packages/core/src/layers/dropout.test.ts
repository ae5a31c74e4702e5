import { createRandom } from '@cpc/base';
import { describeLayer } from '@cpc/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { dropout, dropoutMask } from './dropout.js';
import { normalArray } from './initialisers.js';

const random = createRandom(8);
const input = normalArray([2, 3, 4], 1, random.fold('input'));

describeLayer('dropout', [
  {
    name: 'of single elements',
    inputs: { input, mask: dropoutMask([2, 3, 4], 0.4, random.fold('mask')) },
    constants: ['mask'],
    apply: ({ input, mask }) => dropout(input as tf.Tensor, mask as tf.Tensor),
    loops: ({ input = [], mask = [] }) => Array.from(input, (value, index) => value * (mask[index] ?? 0)),
  },
  {
    name: 'of whole channels',
    inputs: { input, mask: dropoutMask([2, 1, 4], 0.4, random.fold('channels')) },
    constants: ['mask'],
    apply: ({ input, mask }) => dropout(input as tf.Tensor, mask as tf.Tensor),
    loops: ({ input = [], mask = [] }) =>
      Array.from(input, (value, index) => value * (mask[Math.floor(index / 12) * 4 + (index % 4)] ?? 0)),
  },
]);

describe('dropoutMask', () => {
  it('holds 0 and 1 / (1 - rate) only, 0 in 30 of 100 places within 4 standard errors, with mean 1', () => {
    const { shape, data } = dropoutMask([100, 400], 0.3, random.fold('share'));
    expect(shape).toEqual([100, 400]);
    expect(data).toHaveLength(40_000);
    expect(new Set(data)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
    const zeros = data.filter((value) => value === 0).length / data.length;
    expect(Math.abs(zeros - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / 40_000));
    expect(data.reduce((sum, value) => sum + value, 0) / data.length).toBeCloseTo(1, 1);
  });

  it('is the same from the same stream, another from another, and all 1 at rate 0', () => {
    const draw = (step: number) => dropoutMask([64], 0.5, createRandom(1).fold('dropout', step)).data;
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(dropoutMask([3], 0, random).data).toEqual(Float32Array.of(1, 1, 1));
  });

  it('refuses rates of 1, -0.1 and NaN', () => {
    for (const rate of [1, -0.1, Number.NaN])
      expect(() => dropoutMask([2], rate, random)).toThrow(/rate from 0 to below 1/);
  });
});

describe('dropout', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('refuses a mask of another length, and one that would make the input larger', () => {
    expect(() => dropout(tf.ones([2, 3]), tf.ones([2, 4]))).toThrow(/mask of shape \[2, 3\].*received \[2, 4\]/);
    expect(() => dropout(tf.ones([1, 3]), tf.ones([2, 3]))).toThrow(/mask of shape \[1, 3\]/);
    expect(() => dropout(tf.ones([3]), tf.ones([1, 3]))).toThrow(/received \[1, 3\]/);
  });
});
