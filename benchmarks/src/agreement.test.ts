import type { Outcome } from '@cpc/testing';
import { describe, expect, it } from 'vitest';
import { compareOutcomes, findAgreement, worstGradient } from './agreement.js';

const peer: Outcome = {
  milliseconds: 1,
  lossNats: 4,
  gradients: { kernel: Float32Array.of(0, -8, 2), bias: Float32Array.of(0.5) },
};

function changed(change: Partial<Outcome>): Outcome {
  return { ...peer, ...change };
}

function gradients(kernel: number[], bias: number[]): Outcome {
  return changed({ gradients: { kernel: Float32Array.from(kernel), bias: Float32Array.from(bias) } });
}

describe('compareOutcomes', () => {
  it('gives 0 for equal sides, zero gradients included', () => {
    const zero = changed({ gradients: { kernel: new Float32Array(3) } });
    expect(compareOutcomes(peer, peer).gradientDifferences).toEqual({ kernel: 0, bias: 0 });
    expect(compareOutcomes(zero, zero).gradientDifferences).toEqual({ kernel: 0 });
  });

  it('divides by the largest entry: 2 off in a gradient of up to 8 is 0.25', () => {
    const agreement = compareOutcomes(gradients([2, -8, 2], [0.5]), peer);
    expect(agreement.gradientDifferences).toEqual({ kernel: 0.25, bias: 0 });
    expect(worstGradient(agreement)).toEqual({ name: 'kernel', difference: 0.25 });
  });

  it('gives 0.5 for a loss of 6 beside 4', () => {
    expect(compareOutcomes(changed({ lossNats: 6 }), peer).lossDifference).toBe(0.5);
  });

  it.each([
    ['a NaN', gradients([Number.NaN, -8, 2], [0.5])],
    ['a gradient of 2 entries instead of 3', gradients([0, -8], [0.5])],
    ['a missing gradient', changed({ gradients: { kernel: Float32Array.of(0, -8, 2) } })],
    ['a gradient the peer has not', changed({ gradients: { ...peer.gradients, more: Float32Array.of(0) } })],
  ])('is infinite for %s', (_, ours) => {
    expect(worstGradient(compareOutcomes(ours, peer)).difference).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('findAgreement', () => {
  const agreed = compareOutcomes(gradients([0, -8.00008, 2], [0.5]), peer); // 1e-5 of the largest entry
  const flipped = compareOutcomes(gradients([0, -8.008, 2], [0.5]), peer); // 1e-3
  const otherLoss = compareOutcomes(changed({ lossNats: 4.004 }), peer);
  const noLoss = compareOutcomes(changed({ lossNats: Number.NaN }), peer);
  const find = (batches: (typeof agreed)[]) =>
    findAgreement('case', batches.length, async (number) => batches[number - 1] ?? otherLoss);

  it('takes the 1st batch where a gradient differs by 1e-5, and tries no more', async () => {
    expect(await find([agreed, otherLoss])).toMatchObject({ batch: 1, passedOver: [] });
  });

  it('passes over a batch that differs by 1e-3 and tells of it', async () => {
    const { batch, passedOver } = await find([flipped, agreed]);
    expect(batch).toBe(2);
    expect(passedOver).toEqual([{ batch: 1, name: 'kernel', difference: expect.closeTo(1e-3, 6) }]);
  });

  it('refuses 1e-3 on both of 2 batches, naming gradient and batch', async () => {
    await expect(find([flipped, flipped])).rejects.toThrow(/case: .* 1\.0e-3 in kernel of batch 1, .* of batch 2/);
  });

  it('refuses a missing gradient at the 1st batch', async () => {
    const missing = compareOutcomes(changed({ gradients: { kernel: Float32Array.of(0, -8, 2) } }), peer);
    await expect(find([missing, agreed])).rejects.toThrow(/Infinity in bias of batch 1\./);
  });

  it('refuses a loss that is 1e-3 off or not a number at once', async () => {
    for (const wrong of [otherLoss, noLoss]) await expect(find([wrong, agreed])).rejects.toThrow(/a loss of/);
  });
});
