/** Environments by the names that a person types. */
import { createBuiltInEnvironment } from '../environments/built-in.js';
import type { VectorEnvironment } from '../environments/environment.js';
import { createThreadedEnvironment } from './environments/threaded-environment.js';

export interface OpenEnvironmentOptions {
  /** One of `builtInEnvironmentNames`. */
  readonly name: string;
  readonly copies: number;
  /** Threads that the copies are spread over; 0: this one. */
  readonly threads: number;
}

/**
 * @returns the environment; the caller closes it.
 * @throws {CpcArgumentError} if there is none of that name.
 */
export async function openEnvironment({ name, copies, threads }: OpenEnvironmentOptions): Promise<VectorEnvironment> {
  if (threads === 0) return createBuiltInEnvironment({ name, copies });
  return createThreadedEnvironment({ source: { name }, copies, threads });
}
