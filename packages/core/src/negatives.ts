/**
 * Which latents stand in the line-up as negatives: index plans, drawn on the host.
 *
 * A plan names rows of the flattened latents `[S T, D]` (row = sequence x T + position). Anchors are cut into G groups
 * of whole sequences; the anchors of a group share its candidates, so that scoring is one product per predicted step.
 * A candidate that happens to be an anchor's own positive is left out for that anchor, exactly, in `contrastive-loss.ts`.
 *
 * Letters used for shapes here:
 *   S  sequences    T  positions    G  groups    M  candidates per group
 */

import type { Random } from '@cpc/base';
import { CpcArgumentError } from '@cpc/base';

/** Sequences and positions of a batch of latents. */
export interface SequenceLayout {
  readonly sequences: number;
  readonly positions: number;
}

/** Draws candidates; shapes are fixed by the layout, contents by the random stream. */
export interface NegativeSampler {
  /** For run records, such as `batch(128)`. */
  readonly name: string;
  /** G: divides the number of sequences. */
  readonly groups: (layout: SequenceLayout) => number;
  /** M. */
  readonly candidatesPerGroup: number;
  /** `[G, M]` rows, in row-major order. */
  readonly draw: (layout: SequenceLayout, random: Random) => Int32Array;
}

/** Where candidates come from. */
export type NegativeOrigin = 'batch' | 'own-sequence' | 'other-sequences' | 'own-and-other-sequences';

/**
 * M at most: latents that there are to draw from.
 *
 * @example
 * mostNegatives('batch', { sequences: 8, positions: 128 }); // 1024
 */
export function mostNegatives(origin: NegativeOrigin, { sequences, positions }: SequenceLayout): number {
  const others = (sequences - 1) * positions;
  switch (origin) {
    case 'batch':
      return sequences * positions;
    case 'own-sequence':
      return positions;
    case 'other-sequences':
      return others;
    case 'own-and-other-sequences':
      return 2 * Math.min(positions, others);
  }
}

/**
 * What is wrong with a number of candidates, for settings to say; undefined if nothing is.
 *
 * @param inSettings - how the most follows from settings, such as `batchSize x sentencesPerExample`.
 */
export function wrongNegativeCount(
  origin: NegativeOrigin,
  count: number,
  layout: SequenceLayout,
  inSettings: string,
): string | undefined {
  const most = mostNegatives(origin, layout);
  const hint = most === 0 && layout.sequences < 2 ? ': other sequences need a batch of at least 2' : '';
  if (count > most) return `expected at most ${most}, as many latents as there are to draw from (${inSettings})${hint}`;
  const isHalved = origin === 'own-and-other-sequences';
  return isHalved && (count < 4 || count % 2 !== 0) ? 'expected an even number of at least 4' : undefined;
}

/**
 * Candidates from the whole batch, shared by all anchors ("mixed", table 2).
 *
 * @param count - M; at most S T of the layout it is used with.
 */
export function negativesFromBatch(count: number): NegativeSampler {
  requireCount('negativesFromBatch', count);
  return {
    name: `batch(${count})`,
    groups: () => 1,
    candidatesPerGroup: count,
    draw: ({ sequences, positions }, random) => {
      requireEnough('negativesFromBatch', count, sequences * positions);
      return random.choose(sequences * positions, count);
    },
  };
}

/**
 * Candidates from the anchor's own sequence only ("current sequence only", table 2).
 *
 * @param count - M; at most T of the layout it is used with.
 */
export function negativesFromOwnSequence(count: number): NegativeSampler {
  requireCount('negativesFromOwnSequence', count);
  return {
    name: `own-sequence(${count})`,
    groups: ({ sequences }) => sequences,
    candidatesPerGroup: count,
    draw: ({ sequences, positions }, random) => {
      requireEnough('negativesFromOwnSequence', count, positions);
      const rows = new Int32Array(sequences * count);
      for (let sequence = 0; sequence < sequences; sequence++) {
        const chosen = random.choose(positions, count);
        rows.set(
          chosen.map((position) => sequence * positions + position),
          sequence * count,
        );
      }
      return rows;
    },
  };
}

/**
 * Candidates from all sequences of the batch but the anchor's own ("excl.", table 2).
 *
 * @param count - M; at most (S - 1) T of the layout it is used with.
 */
export function negativesFromOtherSequences(count: number): NegativeSampler {
  requireCount('negativesFromOtherSequences', count);
  return {
    name: `other-sequences(${count})`,
    groups: ({ sequences }) => sequences,
    candidatesPerGroup: count,
    draw: ({ sequences, positions }, random) => {
      const others = (sequences - 1) * positions;
      requireEnough('negativesFromOtherSequences', count, others);
      const rows = new Int32Array(sequences * count);
      for (let sequence = 0; sequence < sequences; sequence++) {
        const before = sequence * positions; // rows of earlier sequences keep their number, later ones follow the own
        const chosen = random.choose(others, count);
        rows.set(
          chosen.map((row) => (row < before ? row : row + positions)),
          sequence * count,
        );
      }
      return rows;
    },
  };
}

/**
 * Candidates half from the anchor's own sequence and half from the others of the batch.
 *
 * The paper draws from either, or from both as they come, so that of 8 sequences an eighth of the candidates is the anchor's own.
 * Half and half asks as much for what changes within a sequence as for what tells sequences apart.
 *
 * @param count - M, even; half of it at most T, and at most (S - 1) T, of the layout it is used with.
 * @throws {CpcArgumentError} if the count is odd or below 4.
 */
export function negativesFromOwnAndOtherSequences(count: number): NegativeSampler {
  requireHalves(count);
  const half = count / 2;
  const [own, others] = [negativesFromOwnSequence(half), negativesFromOtherSequences(half)];
  return {
    name: `own-and-other-sequences(${count})`,
    groups: ({ sequences }) => sequences,
    candidatesPerGroup: count,
    draw: (layout, random) => {
      const halves = [own.draw(layout, random.fold('own')), others.draw(layout, random.fold('others'))];
      const rows = new Int32Array(layout.sequences * count);
      for (let sequence = 0; sequence < layout.sequences; sequence++) {
        for (const [index, drawn] of halves.entries()) {
          rows.set(drawn.subarray(sequence * half, (sequence + 1) * half), sequence * count + index * half);
        }
      }
      return rows;
    },
  };
}

function requireHalves(count: number): void {
  if (Number.isInteger(count) && count >= 4 && count % 2 === 0) return;
  throw new CpcArgumentError({
    where: 'negativesFromOwnAndOtherSequences',
    argument: 'count',
    expected: 'an even number of at least 4',
    received: count,
  });
}

function requireCount(where: string, count: number): void {
  if (Number.isInteger(count) && count >= 2) return;
  throw new CpcArgumentError({
    where,
    argument: 'count',
    expected: 'a whole number of at least 2 (one candidate may turn out to be the positive)',
    received: count,
  });
}

function requireEnough(where: string, count: number, available: number): void {
  if (count <= available) return;
  throw new CpcArgumentError({
    where,
    argument: 'count',
    expected: `at most ${available} candidates, as many as there are latents to draw from`,
    received: count,
    fix: 'Lower the number of negatives, or raise the batch size or the window.',
  });
}
