import { createRandom } from '@cpc/core';
import type { Observations, SingleEnvironment } from '@cpc/environments';
import { vectorise } from '@cpc/environments';
import { describe, expect, it } from 'vitest';
import { type EvaluatePolicyOptions, evaluatePolicy } from './evaluate-policy.js';
import type { PlayedEpisode } from './player.js';
import { fixedPolicy, randomPolicy } from './policies.js';

/** Episodes of `length` steps; each step gives the number of the action, and shows how many steps were taken. */
function steadyEnvironment(length: number): SingleEnvironment {
  let count = 0;
  return {
    name: 'steady',
    spec: { observation: { shape: [1], dtype: 'float32' }, actions: ['nothing', 'one', 'two'], actionRepeat: 1 },
    reset: () => {
      count = 0;
      return Float32Array.of(0);
    },
    step: (action) => {
      count += 1;
      return { observation: Float32Array.of(count), reward: action, terminated: false, truncated: count === length };
    },
  };
}

async function episodesOf(change: Partial<EvaluatePolicyOptions> & { length?: number; copies?: number }) {
  const { length = 4, copies = 2, ...options } = change;
  const environment = vectorise({ create: () => steadyEnvironment(length), copies });
  const policy = fixedPolicy(environment.spec.actions, 2);
  const played: PlayedEpisode[] = [];
  for await (const episode of evaluatePolicy({
    ...{ environment, policy, episodes: 5, seed: 1, rewardLimit: 1 },
    ...options,
  }))
    played.push(episode);
  return played;
}

describe('evaluating a policy', () => {
  it('that always takes action 2 over 5 episodes of 4 steps gives 5 unclipped returns of 8', async () => {
    expect(await episodesOf({})).toEqual(Array(5).fill({ return: 8, steps: 4 }));
  });

  it('plays as many episodes in every copy, give or take one, though copy 0 ends its own three times as fast', async () => {
    let made = 0;
    const create = () => steadyEnvironment(made++ === 0 ? 2 : 6);
    const environment = vectorise({ create, copies: 2 });
    const played = await episodesOf({ environment });
    expect(played.map(({ steps }) => steps).sort()).toEqual([2, 2, 2, 6, 6]);
  });

  it('shows what copy 0 sees in its first episode: 0 to 4, and nothing of the second', async () => {
    const seen: Observations[] = [];
    await episodesOf({ watch: (observation) => seen.push(observation) });
    expect(seen.map(([count]) => count)).toEqual([0, 1, 2, 3, 4]);
  });

  it('shows the policy rewards within the limit, and its own last action', async () => {
    const shown: number[][] = [];
    const policy = {
      name: 'watching',
      act: async ({
        lastRewards,
        lastActions,
        starts,
      }: {
        lastRewards: Float32Array;
        lastActions: Int32Array;
        starts: Float32Array;
      }) => {
        shown.push([lastRewards[0] ?? 0, lastActions[0] ?? 0, starts[0] ?? 0]);
        return Int32Array.of(2);
      },
    };
    await episodesOf({ policy, copies: 1, episodes: 2, length: 2 });
    expect(shown).toEqual([
      [0, 0, 1],
      [1, 2, 0],
      [1, 2, 1],
      [1, 2, 0],
    ]);
  });

  it('leaves after the step at which it is asked to: 0 of 5 episodes', async () => {
    expect(await episodesOf({ stopRequested: () => true })).toEqual([]);
  });

  it('refuses 1 episode of 2 copies', async () => {
    await expect(episodesOf({ episodes: 1 })).rejects.toThrow(/at least 2, as many as the environment has copies/);
  });

  it('by chance takes each of 3 actions in a third of 3,000 steps, to 3 in 100', async () => {
    const policy = randomPolicy(3, createRandom(1));
    const played = await episodesOf({ policy, episodes: 30, length: 100 });
    const mean = played.reduce((sum, episode) => sum + episode.return, 0) / played.length;
    expect(Math.abs(mean / 100 - 1)).toBeLessThan(0.03);
  });
});
