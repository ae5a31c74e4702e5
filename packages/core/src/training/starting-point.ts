/**
 * Where a new run begins that goes on from the parameters of another one: a checkpoint of step 0 that holds parameters and nothing
 * else. What it lacks, such as moments, is fresh.
 */
import type { NamedHostTensors } from '@cpc/compile';
import type { Checkpoint } from '../checkpoint-store.js';
import { flatten, type HostArray, type Tree } from '../parameter-tree.js';
import { parameterNames } from './state-names.js';

const mark = 'startsFrom';

/**
 * @param metadata - that of the new run's checkpoints.
 * @param origin - in words, such as the path of the other run.
 */
export function startingCheckpoint(
  parameters: Tree<HostArray>,
  metadata: Readonly<Record<string, string>>,
  origin: string,
): Checkpoint {
  return { step: 0, tensors: parameterNames(flatten(parameters)), metadata: { ...metadata, [mark]: origin } };
}

/** What a checkpoint puts in the place of a training state: all of it, or of a starting point the parameters alone. */
export function restoredState({ tensors, metadata }: Checkpoint, current: NamedHostTensors): NamedHostTensors {
  return metadata[mark] === undefined ? tensors : { ...current, ...tensors };
}
