/** A run of an environment with random actions, kept for comparison. */
import { createRandom } from '@cpc/base';
import type { EnvironmentStep, Observations, VectorEnvironment } from '../environment.js';

/** Actions of step n, from a seed: the same for every run. */
export function actionsAt({ spec, copies }: VectorEnvironment, seed: number, step: number): Int32Array {
  const random = createRandom(seed).fold('actions', step);
  return Int32Array.from({ length: copies }, () => random.integer(spec.actions.length));
}

/** Plays steps `from` to `to - 1`, and tells of each. */
export async function play(
  environment: VectorEnvironment,
  seed: number,
  from: number,
  to: number,
  tell: (step: EnvironmentStep, number: number) => void,
): Promise<void> {
  for (let number = from; number < to; number++) {
    tell(await environment.step(actionsAt(environment, seed, number)), number);
  }
}

/** A few characters that stand for all numbers of a step: two steps of the same digest are equal, but for one chance in 2^32. */
export function digestOf({ observations, rewards, terminated, truncated, finalObservations }: EnvironmentStep): string {
  const finals = [...finalObservations].flatMap(([copy, last]) => [copy, checksum(last)]);
  return [checksum(observations), rewards, terminated, truncated, finals].map(String).join(';');
}

/** Fowler, Noll & Vo's hash FNV-1a of the bytes. */
export function checksum({ buffer, byteOffset, byteLength }: Observations): number {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
