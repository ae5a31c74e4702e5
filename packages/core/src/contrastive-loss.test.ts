import { createRandom } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { contrastiveLoss } from './contrastive-loss.js';

beforeAll(() => tf.setBackend('cpu'));

const random = createRandom(5);
const offsets = [1, 3];
const array = (length: number) => Array.from({ length }, () => random.normal());
const latents = array(4 * 6 * 3);
const contexts = array(4 * 6 * 2);
const matrices = new Map(offsets.map((offset) => [offset, array(2 * 3)]));

/** z' W c, summed over features, with plain loops. */
function score(row: number, contextRow: number, offset: number): number {
  let sum = 0;
  for (let h = 0; h < 2; h++) {
    for (let d = 0; d < 3; d++) {
      sum +=
        (contexts[contextRow * 2 + h] ?? 0) * (matrices.get(offset)?.[h * 3 + d] ?? 0) * (latents[row * 3 + d] ?? 0);
    }
  }
  return sum;
}

/** Section 2.3 as plain loops: every anchor, its positive, and the candidates of its group that are not the positive. */
function oracle(
  candidates: readonly (readonly number[])[],
  counts: (s: number, t: number, offset: number) => boolean = () => true,
) {
  return offsets.map((offset) => {
    const losses: number[] = [];
    const bounds: number[] = [];
    let hits = 0;
    for (let s = 0; s < 4; s++) {
      for (let t = 0; t + offset < 6; t++) {
        if (!counts(s, t, offset)) continue;
        const positive = s * 6 + t + offset;
        const group = candidates[Math.floor((s * candidates.length) / 4)] ?? [];
        const own = score(positive, s * 6 + t, offset);
        const others = group.filter((row) => row !== positive).map((row) => score(row, s * 6 + t, offset));
        const loss = Math.log([own, ...others].reduce((sum, value) => sum + Math.exp(value), 0)) - own;
        losses.push(loss);
        bounds.push(Math.log(1 + others.length) - loss);
        if (others.every((value) => own > value)) hits += 1;
      }
    }
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    return { loss: mean(losses), accuracy: hits / losses.length, bound: mean(bounds) };
  });
}

function ours(
  candidates: readonly (readonly number[])[],
  weights?: (offset: number) => tf.Tensor2D,
  anchorEvery?: number,
) {
  return tf.tidy(() => {
    const outputs = contrastiveLoss({
      latents: tf.tensor3d(latents, [4, 6, 3]),
      contexts: tf.tensor3d(contexts, [4, 6, 2]),
      predictors: Object.fromEntries(
        offsets.map((offset) => [`step${offset}`, tf.tensor2d(matrices.get(offset) ?? [], [2, 3])]),
      ),
      offsets,
      candidates: tf.tensor2d(
        candidates.map((row) => [...row]),
        undefined,
        'int32',
      ),
      weights,
      anchorEvery,
    });
    return {
      loss: outputs.loss.dataSync()[0] ?? Number.NaN,
      steps: offsets.map((_, index) => ({
        loss: outputs.lossPerStep.dataSync()[index],
        accuracy: outputs.accuracyPerStep.dataSync()[index],
        bound: outputs.boundPerStep.dataSync()[index],
      })),
    };
  });
}

function expectSame(received: ReturnType<typeof ours>, expected: ReturnType<typeof oracle>): void {
  for (const [index, step] of expected.entries()) {
    expect(received.steps[index]?.loss).toBeCloseTo(step.loss, 5);
    expect(received.steps[index]?.accuracy).toBeCloseTo(step.accuracy, 6);
    expect(received.steps[index]?.bound).toBeCloseTo(step.bound, 5);
  }
  expect(received.loss).toBeCloseTo(expected.reduce((sum, { loss }) => sum + loss, 0) / expected.length, 5);
}

describe('contrastiveLoss', () => {
  it('agrees with plain loops for candidates shared by the batch, the positive left out where it is drawn', () => {
    const everyRow = Array.from({ length: 24 }, (_, row) => row); // every positive is among them
    expectSame(ours([everyRow]), oracle([everyRow]));
  });

  it('agrees with plain loops for candidates per sequence and per pair of sequences', () => {
    const perSequence = [
      [0, 3, 5],
      [6, 7, 11],
      [12, 14, 15],
      [18, 20, 23],
    ];
    expectSame(ours(perSequence), oracle(perSequence));
    const perPair = [
      [0, 7, 9, 11],
      [12, 13, 20, 22],
    ];
    expectSame(ours(perPair), oracle(perPair));
  });

  it('counts only anchors of weight 1: an episode that ends after position 2 of sequence 1', () => {
    const candidates = [[0, 5, 9, 14, 22]];
    const inside = (s: number, t: number, offset: number) => s !== 1 || t > 2 || t + offset <= 2;
    const weights = (offset: number) =>
      tf.tensor2d(
        Array.from({ length: 4 }, (_, s) =>
          Array.from({ length: 6 - offset }, (_, t) => (inside(s, t, offset) ? 1 : 0)),
        ),
      );
    expectSame(ours(candidates, weights), oracle(candidates, inside));
    expect(ours(candidates, weights).loss).not.toBeCloseTo(ours(candidates).loss, 3);
  });

  it.each([1, 2, 3, 4, 6, 9])(
    'counts every %d-th position of 6 as an anchor, from the first on, with weights and without',
    (every) => {
      const candidates = [[0, 5, 9, 14, 22]];
      const isAnchor = (_: number, t: number) => t % every === 0;
      expectSame(ours(candidates, undefined, every), oracle(candidates, isAnchor));
      const inside = (s: number, t: number, offset: number) => s !== 1 || t > 2 || t + offset <= 2;
      const weights = (offset: number) =>
        tf.tensor2d(
          Array.from({ length: 4 }, (_, s) =>
            Array.from({ length: 6 - offset }, (_, t) => (inside(s, t, offset) ? 1 : 0)),
          ),
        );
      const counts = (s: number, t: number, offset: number) => isAnchor(s, t) && inside(s, t, offset);
      expectSame(ours(candidates, weights, every), oracle(candidates, counts));
    },
  );

  it('refuses an anchor every 0 positions', () => {
    expect(() => ours([[0, 5]], undefined, 0)).toThrow(/anchorEvery.*at least 1|at least 1, received 0/s);
  });

  it('bounds the information by ln of the line-up: ln 6 for 5 candidates without the positive', () => {
    for (const { bound } of ours([[0, 1, 2, 3, 4]]).steps) expect(bound).toBeLessThanOrEqual(Math.log(6) + 1e-6);
  });

  it('gives 0 and not NaN where no anchor counts', () => {
    const none = (offset: number) => tf.zeros([4, 6 - offset]) as tf.Tensor2D;
    expect(ours([[0, 5, 9]], none).loss).toBe(0);
  });

  it('leaves four tensors behind', () => {
    const inputs = {
      latents: tf.zeros([2, 4, 3]) as tf.Tensor3D,
      contexts: tf.zeros([2, 4, 2]) as tf.Tensor3D,
      predictors: { step1: tf.zeros([2, 3]) },
      offsets: [1],
      candidates: tf.zeros([1, 3], 'int32') as tf.Tensor2D,
    };
    const before = tf.memory().numTensors;
    const outputs = contrastiveLoss(inputs);
    expect(tf.memory().numTensors).toBe(before + 4);
    tf.dispose([outputs.loss, outputs.lossPerStep, outputs.accuracyPerStep, outputs.boundPerStep]);
  });

  it('refuses an offset of 6 in sequences of 6, naming the largest', () => {
    const inputs = {
      latents: tf.zeros([2, 6, 3]) as tf.Tensor3D,
      contexts: tf.zeros([2, 6, 2]) as tf.Tensor3D,
      predictors: { step6: tf.zeros([2, 3]) },
      offsets: [6],
      candidates: tf.zeros([1, 3], 'int32') as tf.Tensor2D,
    };
    expect(() => contrastiveLoss(inputs)).toThrow(/from 1 to 5/);
    expect(() =>
      contrastiveLoss({ ...inputs, offsets: [1], candidates: tf.zeros([3, 3], 'int32') as tf.Tensor2D }),
    ).toThrow(/divisor of the 2/);
  });
});
