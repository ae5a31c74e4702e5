/**
 * Whether two sides compute the same thing: loss and every gradient, relative to the gradient's largest entry.
 *
 * A side that computes something else must not be timed; `refuseDisagreement` throws.
 */
import { CpcError } from '@cpc/core';
import type { Outcome } from './case.js';

/** Largest relative difference at which two sides compute the same. */
export const tolerance = 1e-4;

export interface Agreement {
  readonly tolerance: number;
  readonly oursLossNats: number;
  readonly peerLossNats: number;
  /** Relative to the peer's loss. */
  readonly lossDifference: number;
  /** By parameter path: largest difference, relative to the largest entry of the peer's gradient. */
  readonly gradientDifferences: Readonly<Record<string, number>>;
}

/** Compares two sides. A gradient that one side does not have, or has in another size, differs infinitely. */
export function agreementOf(ours: Outcome, peer: Outcome): Agreement {
  const names = new Set([...Object.keys(ours.gradients), ...Object.keys(peer.gradients)]);
  const difference = (name: string) => relativeDifference(ours.gradients[name], peer.gradients[name]);
  return {
    tolerance,
    oursLossNats: ours.lossNats,
    peerLossNats: peer.lossNats,
    lossDifference: relativeDifference(Float32Array.of(ours.lossNats), Float32Array.of(peer.lossNats)),
    gradientDifferences: Object.fromEntries([...names].map((name) => [name, difference(name)])),
  };
}

/** The gradient that differs most. */
export function worstGradient({ gradientDifferences }: Agreement): { name: string; difference: number } {
  let worst = { name: 'none', difference: 0 };
  for (const [name, difference] of Object.entries(gradientDifferences)) {
    if (!(difference <= worst.difference)) worst = { name, difference };
  }
  return worst;
}

/**
 * @throws {CpcError} if loss or a gradient differs by more than the tolerance, or is not a number, naming the worst.
 */
export function refuseDisagreement(where: string, agreement: Agreement): void {
  const gradient = worstGradient(agreement);
  if (agreement.lossDifference <= tolerance && gradient.difference <= tolerance) return;
  throw new CpcError({
    where,
    expected: `loss and gradients of both sides to agree within ${tolerance} before anything is timed`,
    received:
      `a loss of ${agreement.oursLossNats} here and ${agreement.peerLossNats} there, ` +
      `and a relative difference of ${gradient.difference.toExponential(1)} in the gradient of ${gradient.name}`,
    fix: 'Find which side computes something else; a timing of two different things says nothing.',
  });
}

function relativeDifference(ours: Float32Array | undefined, peer: Float32Array | undefined): number {
  if (ours === undefined || peer === undefined || ours.length !== peer.length) return Number.POSITIVE_INFINITY;
  let largestDifference = 0;
  let largestEntry = 0;
  for (const [index, expected] of peer.entries()) {
    const difference = Math.abs((ours[index] ?? Number.NaN) - expected);
    if (!(difference <= largestDifference)) largestDifference = difference;
    largestEntry = Math.max(largestEntry, Math.abs(expected));
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
  }
  return largestDifference === 0 ? 0 : largestDifference / largestEntry;
}
