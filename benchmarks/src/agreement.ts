/**
 * Whether two sides compute the same thing: loss and every gradient, relative to the gradient's largest entry.
 *
 * A side that computes something else must not be timed. But where an input of a ReLU lies within rounding of 0, two correct
 * sides may round it to different signs, and a whole unit's gradient is there on one side and not on the other: up to 1e-2
 * of the largest entry in one batch in two of the paper's model, and as much between PyTorch's own layouts. So batches are
 * tried in turn until one has no such unit. A wrong formula agrees on none. The loss has no jump: it must agree on every
 * batch that is tried.
 */
import { CpcError } from '@cpc/core';
import type { Outcome } from '@cpc/testing';

/** Largest relative difference at which two sides compute the same. */
export const tolerance = 1e-4;

/** Two sides on one batch. */
export interface BatchAgreement {
  readonly oursLossNats: number;
  readonly peerLossNats: number;
  /** Relative to the peer's loss. */
  readonly lossDifference: number;
  /** By parameter path: largest difference, relative to the largest entry of the peer's gradient. */
  readonly gradientDifferences: Readonly<Record<string, number>>;
}

/** The batch on which both sides agree. */
export interface Agreement extends BatchAgreement {
  readonly tolerance: number;
  /** Its number, counted from 1. */
  readonly batch: number;
  /** What the batch holds, where it is not one of those that are timed. */
  readonly of?: string;
  /** Batches before it: the gradient that differed most, and by how much. */
  readonly passedOver: readonly { readonly batch: number; readonly name: string; readonly difference: number }[];
}

/**
 * Tries batches until both sides agree on one.
 *
 * @param where - the case, for the message.
 * @param compare - both sides on batch `number`, counted from 1.
 * @throws {CpcError} if a loss differs, or no batch agrees in every gradient, naming the worst.
 */
export async function findAgreement(
  where: string,
  batches: number,
  compare: (number: number) => Promise<BatchAgreement>,
): Promise<Agreement> {
  const passedOver: Agreement['passedOver'][number][] = [];
  for (let batch = 1; batch <= batches; batch++) {
    const found = await compare(batch);
    requireSameLoss(where, found);
    const worst = worstGradient(found);
    if (worst.difference <= tolerance) return { tolerance, batch, passedOver, ...found };
    passedOver.push({ batch, ...worst });
    if (!Number.isFinite(worst.difference)) break; // missing, or not a number: no ReLU does that
  }
  const worst = passedOver.map(
    ({ batch, name, difference }) => `${difference.toExponential(1)} in ${name} of batch ${batch}`,
  );
  throw disagreement(where, `relative differences of ${worst.join(', ')}`);
}

/** @throws {CpcError} if the losses of both sides differ by more than the tolerance. */
export function requireSameLoss(where: string, found: BatchAgreement): void {
  if (!(found.lossDifference <= tolerance)) throw disagreement(where, lossesOf(found));
}

/** Compares two sides. A gradient that one side does not have, or has in another size, differs infinitely. */
export function compareOutcomes(ours: Outcome, peer: Outcome): BatchAgreement {
  const names = new Set([...Object.keys(ours.gradients), ...Object.keys(peer.gradients)]);
  const difference = (name: string) => relativeDifference(ours.gradients[name], peer.gradients[name]);
  return {
    oursLossNats: ours.lossNats,
    peerLossNats: peer.lossNats,
    lossDifference: relativeDifference(Float32Array.of(ours.lossNats), Float32Array.of(peer.lossNats)),
    gradientDifferences: Object.fromEntries([...names].map((name) => [name, difference(name)])),
  };
}

/** The gradient that differs most. */
export function worstGradient({ gradientDifferences }: Pick<BatchAgreement, 'gradientDifferences'>): {
  name: string;
  difference: number;
} {
  let worst = { name: 'none', difference: 0 };
  for (const [name, difference] of Object.entries(gradientDifferences)) {
    if (!(difference <= worst.difference)) worst = { name, difference };
  }
  return worst;
}

function lossesOf({ oursLossNats, peerLossNats }: BatchAgreement): string {
  return `a loss of ${oursLossNats} nats here and ${peerLossNats} nats there`;
}

function disagreement(where: string, received: string): CpcError {
  return new CpcError({
    where,
    expected: `loss and gradients of both sides to agree within ${tolerance} before anything is timed`,
    received,
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
