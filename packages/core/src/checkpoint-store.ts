/**
 * What a checkpoint is, and what keeps checkpoints. A store in memory is here; the one in files is in
 * `node/checkpoints.ts`.
 */
import { CpcError } from '@cpc/base';
import type { HostArray } from './parameter-tree.js';

/** All that a run needs to go on from a step. */
export interface Checkpoint {
  /** updates made */
  readonly step: number;
  /** parameters and moments, by path */
  readonly tensors: Readonly<Record<string, HostArray>>;
  /** free text: settings, position in the data, … */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where a checkpoint lies. */
export interface CheckpointPlace {
  readonly step: number;
  /** a file, or another name that a person can use */
  readonly path: string;
}

/** A checkpoint that cannot be read, and why. */
export interface DamagedCheckpoint {
  readonly path: string;
  readonly reason: string;
}

/** Told of a damaged checkpoint before an older one is tried. */
export type OnDamaged = (damaged: DamagedCheckpoint) => void;

/** Keeps the newest checkpoints of one run. One writer at a time. */
export interface CheckpointStore {
  /**
   * Keeps a checkpoint, and forgets those that are too old. Those of later steps are forgotten too: when a run saves
   * step n, any later one was damaged, or belongs to a course that the run has left.
   *
   * @returns its path, once it will survive a crash.
   */
  save(checkpoint: Checkpoint): Promise<string>;

  /** The newest checkpoint that is whole, or undefined if there is none. The caller owns its arrays. */
  latest(onDamaged?: OnDamaged): Promise<Checkpoint | undefined>;

  /** All that are kept, oldest first, damaged ones included. */
  list(): Promise<CheckpointPlace[]>;
}

/**
 * The newest checkpoint that is whole; undefined if none was ever saved.
 *
 * @param where - named in the error: the folder of the checkpoints.
 * @throws {CpcError} if there are checkpoints and none of them is whole: to start again would be to erase them.
 */
export async function newestWhole(
  store: CheckpointStore,
  where: string,
  onDamaged?: OnDamaged,
): Promise<Checkpoint | undefined> {
  const damaged: DamagedCheckpoint[] = [];
  const checkpoint = await store.latest((each) => damaged.push(each));
  if (checkpoint === undefined && damaged.length > 0) throw noneWhole(damaged, where);
  for (const each of damaged) onDamaged?.(each);
  return checkpoint;
}

function noneWhole(damaged: readonly DamagedCheckpoint[], where: string): CpcError {
  return new CpcError({
    where,
    expected: 'at least 1 whole checkpoint to go on from',
    received: `${damaged.length}, all damaged: ${damaged.map(({ path }) => path).join(', ')}`,
    fix: 'Nothing was deleted. Restore one of these files from a copy, or start a new run in another folder.',
  });
}

/** How many checkpoints a store keeps unless told otherwise. */
export const defaultKeptCheckpoints = 3;

/**
 * A store that lasts as long as the program: for browsers and tests.
 *
 * @param keep - how many checkpoints to keep, at least 1.
 */
export function createMemoryCheckpointStore(keep: number = defaultKeptCheckpoints): CheckpointStore {
  let kept: readonly Checkpoint[] = [];
  return {
    save: async (checkpoint) => {
      const older = kept.filter(({ step }) => step < checkpoint.step);
      kept = [...older, copyOf(checkpoint)].slice(-Math.max(1, keep));
      return pathOf(checkpoint);
    },
    latest: async () => {
      const newest = kept.at(-1);
      return newest === undefined ? undefined : copyOf(newest);
    },
    list: async () => kept.map((checkpoint) => ({ step: checkpoint.step, path: pathOf(checkpoint) })),
  };
}

function pathOf({ step }: Checkpoint): string {
  return `memory:step-${step}`;
}

function copyOf({ step, tensors, metadata }: Checkpoint): Checkpoint {
  const copies = Object.entries(tensors).map(([path, { shape, data }]) => [
    path,
    { shape: [...shape], data: data.slice() },
  ]);
  return { step, tensors: Object.fromEntries(copies), metadata: { ...metadata } };
}
