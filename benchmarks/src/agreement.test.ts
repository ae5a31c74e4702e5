import { describe, expect, it } from 'vitest';
import { agreementOf, refuseDisagreement, worstGradient } from './agreement.js';
import type { Outcome } from './case.js';

const peer: Outcome = {
  lossNats: 4,
  gradients: { kernel: Float32Array.of(0, -8, 2), bias: Float32Array.of(0.5) },
};

function changed(change: Partial<Outcome>): Outcome {
  return { ...peer, ...change };
}

function gradients(kernel: number[], bias: number[]): Outcome {
  return changed({ gradients: { kernel: Float32Array.from(kernel), bias: Float32Array.from(bias) } });
}

describe('agreementOf', () => {
  it('gives 0 for equal sides, zero gradients included', () => {
    const zero = changed({ gradients: { kernel: new Float32Array(3) } });
    expect(agreementOf(peer, peer).gradientDifferences).toEqual({ kernel: 0, bias: 0 });
    expect(agreementOf(zero, zero).gradientDifferences).toEqual({ kernel: 0 });
  });

  it('divides by the largest entry: 2 off in a gradient of up to 8 is 0.25', () => {
    const agreement = agreementOf(gradients([2, -8, 2], [0.5]), peer);
    expect(agreement.gradientDifferences).toEqual({ kernel: 0.25, bias: 0 });
    expect(worstGradient(agreement)).toEqual({ name: 'kernel', difference: 0.25 });
  });

  it('gives 0.5 for a loss of 6 beside 4', () => {
    expect(agreementOf(changed({ lossNats: 6 }), peer).lossDifference).toBe(0.5);
  });

  it.each([
    ['a NaN', gradients([Number.NaN, -8, 2], [0.5])],
    ['a gradient of 2 entries instead of 3', gradients([0, -8], [0.5])],
    ['a missing gradient', changed({ gradients: { kernel: Float32Array.of(0, -8, 2) } })],
    ['a gradient the peer has not', changed({ gradients: { ...peer.gradients, more: Float32Array.of(0) } })],
  ])('is infinite for %s', (_, ours) => {
    expect(worstGradient(agreementOf(ours, peer)).difference).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('refuseDisagreement', () => {
  it('lets 1e-5 pass', () => {
    expect(() => refuseDisagreement('case', agreementOf(gradients([0, -8.00008, 2], [0.5]), peer))).not.toThrow();
  });

  it('refuses 1e-3 in one entry, naming the gradient', () => {
    const agreement = agreementOf(gradients([0, -8.008, 2], [0.5]), peer);
    expect(() => refuseDisagreement('case', agreement)).toThrow(/case: .* 1\.0e-3 in the gradient of kernel/);
  });

  it('refuses a loss that is 1e-3 off, and one that is not a number', () => {
    for (const lossNats of [4.004, Number.NaN]) {
      expect(() => refuseDisagreement('case', agreementOf(changed({ lossNats }), peer))).toThrow(/a loss of/);
    }
  });
});
