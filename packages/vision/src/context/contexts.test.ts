import { createRandom } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { contextualise, initialiseVisionModel } from '../model.js';
import { noise, tensorsOf, tinySettings } from '../test-support/tensors.js';

beforeAll(() => tf.setBackend('cpu'));

const grid = 7;
const size = 16;

/** Where contexts of an image's grid change, if the latent at one place does: `changes[column][row]`. */
function changedBy(context: 'masked-convolutions' | 'row-gru', at: { column: number; row: number }, contextBlocks = 2) {
  const settings = { ...tinySettings, context, contextBlocks };
  const parameters = tensorsOf(initialiseVisionModel(settings, createRandom(2)));
  const latents = noise([grid, grid, size]) as tf.Tensor3D;
  const change = tf.buffer([grid, grid, size]);
  for (let feature = 0; feature < size; feature++) change.set(1, at.column, at.row, feature);
  const before = contextualise(settings, parameters, latents);
  const after = contextualise(settings, parameters, tf.add(latents, change.toTensor()));
  const differences = tf.max(tf.abs(tf.sub(after, before)), 2).arraySync() as number[][];
  return differences.map((column) => column.map((difference) => difference > 0));
}

/** A fan that opens downwards: `widthAt` columns to both sides, so many rows below; -1 for none. */
function fan(at: { column: number; row: number }, widthAt: (below: number) => number): boolean[][] {
  return Array.from({ length: grid }, (_, column) =>
    Array.from({ length: grid }, (_unused, row) => {
      return row >= at.row && Math.abs(column - at.column) <= widthAt(row - at.row);
    }),
  );
}

describe('masked convolutions', () => {
  it.each([1, 2, 3])(
    'of %i blocks carry a patch to so many columns on both sides and so many rows down, none up',
    (blocks) => {
      const at = { column: 3, row: 2 };
      expect(changedBy('masked-convolutions', at, blocks)).toEqual(fan(at, (below) => (below <= blocks ? blocks : -1)));
    },
  );
});

describe('the row GRU', () => {
  it('carries a patch to 1 column more on both sides with every row, to the last row, none up', () => {
    const at = { column: 1, row: 1 };
    expect(changedBy('row-gru', at)).toEqual(fan(at, (below) => below + 1));
  });

  it('agrees with its equations in plain loops, to 1e-5', () => {
    const settings = { ...tinySettings, context: 'row-gru' as const, contextUnits: 2 };
    const tree = initialiseVisionModel(settings, createRandom(4));
    const latents = noise([3, 3, size]) as tf.Tensor3D;
    const contexts = contextualise(settings, tensorsOf(tree), latents).arraySync();
    const z = latents.arraySync();
    const { input, state } = tree.context as Record<string, Record<string, { data: Float32Array }>>;
    const [inputKernel, stateKernel] = [input?.kernel?.data ?? [], state?.kernel?.data ?? []];
    const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
    let before = [0, 1, 2].map(() => [0, 0]);
    for (let row = 0; row < 3; row++) {
      const now = [0, 1, 2].map((column) => {
        const sums = { seen: new Array<number>(6).fill(0), kept: new Array<number>(6).fill(0) };
        for (let tap = 0; tap < 3; tap++) {
          const beside = column + tap - 1;
          if (beside < 0 || beside > 2) continue;
          for (let gate = 0; gate < 6; gate++) {
            for (let feature = 0; feature < size; feature++)
              sums.seen[gate] =
                (sums.seen[gate] ?? 0) +
                (z[beside]?.[row]?.[feature] ?? 0) * (inputKernel[(tap * size + feature) * 6 + gate] ?? 0);
            for (let unit = 0; unit < 2; unit++)
              sums.kept[gate] =
                (sums.kept[gate] ?? 0) +
                (before[beside]?.[unit] ?? 0) * (stateKernel[(tap * 2 + unit) * 6 + gate] ?? 0);
          }
        }
        return [0, 1].map((unit) => {
          const part = (gate: number) => [sums.seen[gate * 2 + unit] ?? 0, sums.kept[gate * 2 + unit] ?? 0] as const;
          const [reset, update] = [0, 1].map((gate) => sigmoid(part(gate)[0] + part(gate)[1])) as [number, number];
          const candidate = Math.tanh(part(2)[0] + reset * part(2)[1]);
          return update * (before[column]?.[unit] ?? 0) + (1 - update) * candidate;
        });
      });
      for (let column = 0; column < 3; column++)
        for (let unit = 0; unit < 2; unit++)
          expect(contexts[column]?.[row]?.[unit]).toBeCloseTo(now[column]?.[unit] ?? Number.NaN, 5);
      before = now;
    }
  });
});
