/**
 * What actions turned out to be worth: n-step returns and advantages, on the host, before the update.
 *
 * Letters used for shapes here:
 *   B  copies    T  steps of the unroll
 *
 * Source: Mnih et al., 2016, "Asynchronous methods for deep reinforcement learning", arXiv:1602.01783, algorithm S3.
 */

/** Rewards of an unroll and what follows them. All `[B, T]`, row by row, but for `following`. */
export interface RewardedSteps {
  readonly copies: number;
  readonly steps: number;
  /** Clipped. */
  readonly rewards: Float32Array;
  /** 1 where the episode ended on the step, by itself or cut off. */
  readonly ended: Uint8Array;
  /** Where an episode was cut off: the value of what was last seen of it. 0 where it ended by itself; elsewhere not read. */
  readonly finalValues: Float32Array;
  /** `[B]`: value of what is seen after the last step; not read where an episode ended on it. */
  readonly following: Float32Array;
}

/**
 * Discounted sums of rewards to the end of the unroll or of the episode, and the value of what follows:
 *
 *   R_t = r_t + discount (the value of the last observation, 0 if terminated)   if the episode ended on step t
 *   R_t = r_t + discount R_{t+1}                                                otherwise, with R_T = following
 *
 * @param discount - from 0 to 1, by agent step.
 * @returns `[B, T]`, new.
 */
export function discountedReturns(
  { copies, steps, rewards, ended, finalValues, following }: RewardedSteps,
  discount: number,
): Float32Array {
  const returns = new Float32Array(copies * steps);
  for (let copy = 0; copy < copies; copy++) {
    let next = following[copy] ?? 0;
    for (let step = steps - 1; step >= 0; step--) {
      const place = copy * steps + step;
      if (ended[place] === 1) next = finalValues[place] ?? 0;
      next = (rewards[place] ?? 0) + discount * next;
      returns[place] = next;
    }
  }
  return returns;
}

/**
 * How much better actions turned out than was hoped: returns minus values, element by element.
 *
 * @param values - what the agent said when it acted, with the parameters that are about to be updated.
 */
export function advantagesOf(returns: Float32Array, values: Float32Array): Float32Array {
  return returns.map((value, index) => value - (values[index] ?? 0));
}

/**
 * Which part of the returns' variance the values explain: 1 - Var(return - value) / Var(return).
 *
 * @returns at most 1: 1 for perfect values, 0 for constant ones, below 0 for worse; undefined if all returns are equal.
 */
export function explainedVariance(returns: Float32Array, values: Float32Array): number | undefined {
  const total = variance(returns);
  return total > 0 ? 1 - variance(advantagesOf(returns, values)) / total : undefined;
}

function variance(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

/** A reward within the limit on both sides; as it is where the limit is 0. */
export function clippedReward(reward: number, limit: number): number {
  return limit === 0 ? reward : Math.max(-limit, Math.min(limit, reward));
}
