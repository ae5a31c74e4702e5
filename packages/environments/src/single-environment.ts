/**
 * One copy of an environment, as an application writes it: `vectorise` makes a batch of such copies.
 *
 * This file knows no environment. Both methods may answer at once or with a promise.
 */
import type { EnvironmentSpec, Observations } from './environment.js';

export interface SingleStep {
  /** What is seen after the step, also after the last one of an episode. Valid until the next call: it may be the same array every time. */
  readonly observation: Observations;
  /** Sum over the frames of the step, unclipped. */
  readonly reward: number;
  /** True if the episode ended by itself: nothing comes after it. */
  readonly terminated: boolean;
  /** True if the episode was cut off; never together with `terminated`. */
  readonly truncated: boolean;
}

export interface SingleEnvironment {
  /** Such as `cart_pole`. */
  readonly name: string;
  readonly spec: EnvironmentSpec;
  /**
   * Starts the episode of that seed: the same seed and actions give the same episode.
   *
   * @param seed - a whole number from 0 to 2^31 - 1.
   */
  reset(seed: number): Observations | Promise<Observations>;
  /** @param action - from 0 to the number of actions - 1. Not called after the end of an episode before the next `reset`. */
  step(action: number): SingleStep | Promise<SingleStep>;
  /**
   * Goes to where these actions lead in the episode of that seed, none of them its last. Left out, `vectorise` resets and steps; worth
   * having where a step is much faster when nobody looks.
   */
  replay?(seed: number, actions: readonly number[]): Observations | Promise<Observations>;
  close?(): void | Promise<void>;
}
