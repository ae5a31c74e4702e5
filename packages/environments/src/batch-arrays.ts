/**
 * Arrays of a whole batch, made of what single copies gave.
 *
 * Letters as in `environment.ts`: B copies.
 */
import type { EnvironmentSpec, EnvironmentStep, Observations } from './environment.js';
import type { CopyStep } from './episode-copy.js';

/** Observations of one copy or several each, one after the other, in an array of their own. */
export function joined({ observation }: EnvironmentSpec, parts: readonly Observations[]): Observations {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const batch = observation.dtype === 'uint8' ? new Uint8Array(length) : new Float32Array(length); // [B, H, W, C]
  let end = 0;
  for (const part of parts) {
    batch.set(part, end);
    end += part.length;
  }
  return batch;
}

/** What became of a batch, from what became of its parts, the first copies first. */
export function joinSteps(spec: EnvironmentSpec, parts: readonly EnvironmentStep[]): EnvironmentStep {
  const finals: [number, Observations][] = [];
  let first = 0;
  for (const { rewards, finalObservations } of parts) {
    for (const [copy, observation] of finalObservations) finals.push([first + copy, observation]);
    first += rewards.length;
  }
  return {
    observations: joined(
      spec,
      parts.map(({ observations }) => observations),
    ),
    rewards: Float32Array.from(parts.flatMap(({ rewards }) => [...rewards])),
    terminated: Uint8Array.from(parts.flatMap(({ terminated }) => [...terminated])),
    truncated: Uint8Array.from(parts.flatMap(({ truncated }) => [...truncated])),
    finalObservations: new Map(finals),
  };
}

/** What became of a batch, from what became of every copy. */
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
