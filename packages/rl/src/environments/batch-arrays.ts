/**
 * Arrays of a whole batch, made of what single copies gave.
 *
 * Letters as in `environment.ts`: B copies.
 */
import type { EnvironmentSpec, EnvironmentStep, Observations } from './environment.js';
import { observationSize } from './environment.js';
import type { CopyStep } from './episode-copy.js';

/** Zeros for the observations of so many copies. */
export function emptyObservations({ observation }: EnvironmentSpec, copies: number): Observations {
  const length = copies * observationSize(observation);
  return observation.dtype === 'uint8' ? new Uint8Array(length) : new Float32Array(length);
}

/** Observations of single copies, one after the other, in an array of their own. */
export function joined(spec: EnvironmentSpec, observations: readonly Observations[]): Observations {
  const batch = emptyObservations(spec, observations.length); // [B, H, W, C]
  const size = observationSize(spec.observation);
  for (const [copy, observation] of observations.entries()) batch.set(observation, copy * size);
  return batch;
}

export function joinedStep(spec: EnvironmentSpec, steps: readonly CopyStep[]): EnvironmentStep {
  const ended = steps.flatMap(({ last }, copy): [number, Observations][] => (last === undefined ? [] : [[copy, last]]));
  return {
    observations: joined(
      spec,
      steps.map(({ observation }) => observation),
    ),
    rewards: Float32Array.from(steps, ({ reward }) => reward),
    terminated: Uint8Array.from(steps, ({ terminated }) => Number(terminated)),
    truncated: Uint8Array.from(steps, ({ truncated }) => Number(truncated)),
    finalObservations: new Map(ended),
  };
}
