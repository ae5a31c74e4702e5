/**
 * What an agent acts in: several copies of an environment that are stepped together.
 *
 * This file knows no environment and no agent. Built-in worlds, a Gymnasium environment behind a bridge and a user's own
 * object all have this form.
 *
 * The rule for episodes that end (Gymnasium calls it same-step autoreset): a copy whose episode ends on a step is reset within
 * that step. Its observation is then the first of the next episode, reward and flags belong to the episode that ended, and what
 * was last seen of that one is in `finalObservations`. `terminated` and `truncated` differ in what the value of the last
 * state is: nothing comes after a terminated episode; a truncated one was only cut off, by a limit on its length.
 *
 * Letters used for shapes here:
 *   B  copies    H W C  height, width and channels, or any other shape of an observation
 */

export interface ObservationSpec {
  /** Of one copy's observation, such as [72, 96, 3]: height, width, channels. */
  readonly shape: readonly number[];
  /** `uint8` from 0 to 255, as pixels are; `float32` any number. */
  readonly dtype: 'uint8' | 'float32';
}

export interface EnvironmentSpec {
  readonly observation: ObservationSpec;
  /** Names of the actions, such as `forward`: an action is its place in this list. At least 2. */
  readonly actions: readonly string[];
  /** Frames that one step lasts: the action is repeated, rewards are summed, the last frame is seen. At least 1. */
  readonly actionRepeat: number;
  /** Agent steps after which an episode is truncated or ends by itself; left out where there is no limit. */
  readonly episodeSteps?: number;
}

/** Observations of all copies, one after the other. */
export type Observations = Uint8Array | Float32Array;

/** What a step came to, copy by copy; arrays are the caller's. */
export interface EnvironmentStep {
  /** `[B, H, W, C]`: after the step, of the next episode where one ended. */
  readonly observations: Observations;
  /** `[B]`: sums over the frames of the step, as the environment gives them, unclipped. */
  readonly rewards: Float32Array;
  /** `[B]`: 1 where the episode ended by itself. */
  readonly terminated: Uint8Array;
  /** `[B]`: 1 where the episode was cut off; never together with `terminated`. */
  readonly truncated: Uint8Array;
  /** What was last seen of the episodes that ended on this step, by copy; empty on most steps. */
  readonly finalObservations: ReadonlyMap<number, Observations>;
}

export interface VectorEnvironment {
  /** Such as `seekavoid_arena`. */
  readonly name: string;
  readonly spec: EnvironmentSpec;
  /** B. */
  readonly copies: number;
  /** Starts a new episode in every copy. The same seed gives the same episodes for the same actions, on every machine. */
  readonly reset: (seed: number) => Promise<Observations>;
  /** @param actions `[B]`, each from 0 to the number of actions - 1. */
  readonly step: (actions: Int32Array) => Promise<EnvironmentStep>;
  /** All that the next steps depend on, to go on from later; left out by environments that cannot tell. */
  readonly save?: () => Promise<Uint8Array>;
  /** Goes on from what `save` gave, in an environment of the same name and number of copies. */
  readonly restore?: (state: Uint8Array) => Promise<Observations>;
  /** True where steps are asked of another program, and fail once a stop is requested and it does not answer. */
  readonly isRemote?: boolean;
  /** Ends threads and connections; nothing may be called after it. */
  readonly close: () => Promise<void>;
}

/** The number of values of one observation. */
export function observationSize({ shape }: ObservationSpec): number {
  return shape.reduce((size, length) => size * length, 1);
}
