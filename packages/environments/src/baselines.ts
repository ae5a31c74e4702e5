/**
 * What can be had without learning: returns of an agent that acts at random, and of agents that always do the same.
 *
 * A trained agent has to beat both: walking straight on earns something in many tasks.
 */
import { CpcArgumentError, createRandom } from '@cpc/base';
import { builtInMaker } from './built-in.js';
import type { SingleEnvironment } from './single-environment.js';

export interface BaselineOptions {
  /** Played by every agent, the same ones; from 2 on. Default 100. */
  readonly episodes?: number;
  /** Default 1. */
  readonly seed?: number;
}

export interface Baseline {
  /** `random`, or the action that is always taken. */
  readonly name: string;
  /** Mean of the episodes' sums of unclipped rewards. */
  readonly meanReturn: number;
  /** Of that mean. */
  readonly standardError: number;
}

export interface Baselines {
  readonly random: Baseline;
  /** In the order of the actions. */
  readonly fixed: readonly Baseline[];
  readonly bestFixed: Baseline;
}

/**
 * Plays a built-in environment without drawing it.
 *
 * @throws {CpcArgumentError} if there is none of that name, or there are fewer than 2 episodes.
 *
 * @example
 * const { random, bestFixed } = await measureBaselines('seekavoid_arena', { episodes: 20 });
 */
export async function measureBaselines(name: string, options: BaselineOptions = {}): Promise<Baselines> {
  const { episodes = 100, seed = 1 } = options;
  requireEpisodes(episodes);
  const environment = builtInMaker(name)({ isDrawn: false });
  const { actions } = environment.spec;
  const random = await measure(environment, 'random', episodes, seed, (choose) => choose(actions.length));
  const fixed: Baseline[] = [];
  for (const [action, actionName] of actions.entries()) {
    fixed.push(await measure(environment, actionName, episodes, seed, () => action));
  }
  const bestFixed = fixed.reduce((best, other) => (other.meanReturn > best.meanReturn ? other : best));
  return { random, fixed, bestFixed };
}

async function measure(
  environment: SingleEnvironment,
  name: string,
  episodes: number,
  seed: number,
  actionOf: (choose: (count: number) => number) => number,
): Promise<Baseline> {
  const returns: number[] = [];
  for (let episode = 0; episode < episodes; episode++) {
    const random = createRandom(seed).fold('baseline', episode);
    const choose = (count: number) => random.integer(count);
    let [sum, hasEnded] = [0, false];
    await environment.reset(
      createRandom(seed)
        .fold('episode', episode)
        .integer(2 ** 31),
    );
    while (!hasEnded) {
      const { reward, terminated, truncated } = await environment.step(actionOf(choose));
      sum += reward;
      hasEnded = terminated || truncated;
    }
    returns.push(sum);
  }
  return { name, ...meanOf(returns) };
}

/** Exported for its test only. */
export function meanOf(returns: readonly number[]): Omit<Baseline, 'name'> {
  const meanReturn = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const squares = returns.reduce((sum, value) => sum + (value - meanReturn) ** 2, 0);
  return { meanReturn, standardError: Math.sqrt(squares / (returns.length - 1) / returns.length) };
}

function requireEpisodes(received: number): void {
  if (Number.isInteger(received) && received >= 2) return;
  const expected = 'episodes to be a whole number from 2 on';
  throw new CpcArgumentError({ where: 'measureBaselines', argument: 'episodes', expected, received });
}
