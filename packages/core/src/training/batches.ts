/**
 * Where the batches of a training run come from, and how far ahead of the step they are made.
 *
 * Does not know what stands in a batch (the domain does), nor in which thread it is made: this thread by default, others with
 * `createBatchWorkers` of `@cpc/runs`. A batch depends on the run's seed and the step alone, never on who made it or when.
 */

import { createRandom, type Random } from '@cpc/base';
import type { NamedHostTensors } from '@cpc/compile';
import type { DamagedInput, Domain } from './domain.js';
import { candidatesInput } from './loss.js';

/** The inputs of one step, and what its drawing has left out for the first time. */
export interface MadeBatch {
  readonly inputs: NamedHostTensors;
  readonly damaged: readonly DamagedInput[];
}

/** Makes the batches of a run. */
export interface BatchSource {
  /**
   * All inputs of update number `step` of the run with that seed, bit for bit those that `batchOf` draws. The caller owns them.
   * May be asked again before the last batch has come.
   *
   * @throws what drawing throws.
   */
  readonly batch: (seed: number, step: number) => Promise<MadeBatch>;
  /** How many batches may be asked for beyond the one in use: a whole number of at least 1. */
  readonly ahead: number;
}

/** The part of a domain that draws. */
export type BatchMaker = Pick<Domain, 'draw' | 'negatives' | 'layout' | 'damaged'>;

/** The batch of update number `step`, with its plan of negatives. */
export async function batchOf(maker: BatchMaker, random: Random, step: number): Promise<NamedHostTensors> {
  const { negatives, layout } = maker;
  const drawn = await maker.draw(random.fold('batch', step));
  const shape = [negatives.groups(layout), negatives.candidatesPerGroup];
  return { ...drawn, [candidatesInput]: { shape, data: negatives.draw(layout, random.fold('negatives', step)) } };
}

/** Batches made in this thread, one ahead: between two steps, since a step holds the thread. */
export function batchesInThread(maker: BatchMaker): BatchSource {
  let told = maker.damaged?.().length ?? 0;
  return {
    ahead: 1,
    batch: async (seed, step) => {
      const inputs = await batchOf(maker, createRandom(seed), step);
      const damaged = maker.damaged?.().slice(told) ?? [];
      told += damaged.length;
      return { inputs, damaged };
    },
  };
}

/** Batches in the order of their steps. */
export interface BatchQueue {
  /** The batch of the next step; asks for those after it, as many as the source allows. An error comes with the step it belongs to. */
  readonly next: () => Promise<MadeBatch>;
}

/** Asks for the batches of steps `first` to `last` of a run, and for none beyond. */
export function createBatchQueue(
  source: BatchSource,
  { seed, first, last }: { readonly seed: number; readonly first: number; readonly last: number },
): BatchQueue {
  const waiting: Promise<MadeBatch>[] = [];
  let following = first;
  const fill = () => {
    for (; waiting.length < source.ahead && following <= last; following++) {
      const batch = source.batch(seed, following);
      batch.catch(() => undefined); // an error waits until its batch is wanted
      waiting.push(batch);
    }
  };
  fill();
  return {
    next: async () => {
      const batch = await (waiting.shift() ?? source.batch(seed, following++));
      fill();
      return batch;
    },
  };
}
