/** What a player writes down, with a scripted environment and an actor that is easy to foresee. */
import { createRandom } from '@cpc/core';
import type { SingleEnvironment } from '@cpc/environments';
import { vectorise } from '@cpc/environments';
import { describe, expect, it } from 'vitest';
import type { Actor, Moment } from '../agent/actor.js';
import { createPlayer } from './player.js';
import { createUnroll } from './unroll.js';

/**
 * Counts its steps and shows the count. Step n gives a reward of 10 n. Episodes end after 3 steps: cut off where the last action was
 * even, by themselves where it was odd.
 */
function countingEnvironment(): SingleEnvironment {
  let count = 0;
  return {
    name: 'counting',
    spec: { observation: { shape: [1], dtype: 'float32' }, actions: ['even', 'odd'], actionRepeat: 1 },
    reset: () => {
      count = 0;
      return Float32Array.of(0);
    },
    step: (action) => {
      count += 1;
      const isLast = count === 3;
      const observation = Float32Array.of(count);
      return {
        ...{ observation, reward: 10 * count },
        ...{ terminated: isLast && action === 1, truncated: isLast && action === 0 },
      };
    },
  };
}

/** Always takes the action of its copy's number; its value is 100 times what it sees, and 1 more for every step it has taken. */
function countingActor(copies: number): Actor & { readonly moments: Moment[] } {
  const moments: Moment[] = [];
  let taken = 0;
  const values = new Float32Array(copies); // one array for all answers, as the compiled actor has
  const valuesOf = ({ observations }: Moment) => {
    for (let copy = 0; copy < copies; copy++) values[copy] = 100 * (observations[copy] ?? 0) + taken;
    return values;
  };
  const state = { shape: [copies, 1], data: new Float32Array(copies) };
  return {
    moments,
    act: async (moment) => {
      moments.push(structuredClone(moment));
      valuesOf(moment);
      taken += 1;
      const logits = Float32Array.from({ length: 2 * copies }, (_, index) => {
        const [copy, action] = [Math.floor(index / 2), index % 2];
        return action === copy % 2 ? 1000 : -1000;
      });
      return { logits, values };
    },
    valuesOf: async (moment) => valuesOf(moment).slice(),
    state: () => ({ hidden: state, cell: state }),
    load: () => undefined,
    dispose: async () => undefined,
  };
}

async function played({ steps = 5, rewardLimit = 1 } = {}) {
  const environment = vectorise({ create: countingEnvironment, copies: 2 });
  const actor = countingActor(2);
  const player = createPlayer({ environment, actor, rewardLimit });
  const unroll = createUnroll({ copies: 2, steps, observationShape: [1], contextUnits: 1 });
  await player.start(1);
  const { episodes, following } = await player.play(unroll, steps, createRandom(1));
  const { batch } = unroll.finish(following, 0.5);
  const row = (name: string) => {
    const values = Array.from(batch[name]?.data ?? []);
    return [values.slice(0, steps), values.slice(steps)];
  };
  return { episodes, following, row, moments: actor.moments };
}

describe('an unroll of 5 steps, with episodes of 3', () => {
  it('holds by copy and step what was seen before each action: 0, 1, 2 and from the start again', async () => {
    const { row } = await played();
    expect(row('observations')).toEqual([
      [0, 1, 2, 0, 1],
      [0, 1, 2, 0, 1],
    ]);
    expect(row('starts')).toEqual(Array(2).fill([1, 0, 0, 1, 0]));
  });

  it('holds the actions, and one step later the same as last ones, with rewards of 10, 20, 30 clipped to 1', async () => {
    const { row } = await played();
    expect(row('actions')).toEqual([Array(5).fill(0), Array(5).fill(1)]);
    expect(row('lastActions')).toEqual([Array(5).fill(0), [0, 1, 1, 1, 1]]);
    expect(row('lastRewards')).toEqual(Array(2).fill([0, 1, 1, 1, 1]));
    expect((await played({ rewardLimit: 0 })).row('lastRewards')).toEqual(Array(2).fill([0, 10, 20, 30, 10]));
  });

  it('follows a cut with the value of what was last seen, 300 and 3 steps taken, and an end by itself with 0', async () => {
    const { row } = await played();
    const following = 2 * 100 + 5; // value of what is seen after the unroll
    const tail = [1 + 0.5 * (1 + 0.5 * following), 1 + 0.5 * following];
    const cut = 1 + 0.5 * 303;
    expect(row('returns')).toEqual([
      [1 + 0.5 * (1 + 0.5 * cut), 1 + 0.5 * cut, cut, ...tail],
      [1.75, 1.5, 1, ...tail],
    ]);
  });

  it('compares returns with the values of before each action: 0, 101, 202, then 3 and 104', async () => {
    const { row } = await played();
    const values = [0, 101, 202, 3, 104];
    const [returns, advantages] = [row('returns')[0] ?? [], row('advantages')[0] ?? []];
    expect(advantages).toEqual(returns.map((value, step) => value - (values[step] ?? 0)));
  });

  it('tells of the 2 episodes that ended, with 60 as their unclipped return and 3 steps', async () => {
    expect((await played()).episodes).toEqual(Array(2).fill({ return: 60, steps: 3 }));
  });
});

it('asks for a start before it plays', async () => {
  const environment = vectorise({ create: countingEnvironment, copies: 2 });
  const player = createPlayer({ environment, actor: countingActor(2), rewardLimit: 1 });
  const unroll = createUnroll({ copies: 2, steps: 1, observationShape: [1], contextUnits: 1 });
  await expect(player.play(unroll, 1, createRandom(1))).rejects.toThrow(/a call of `start` or `restore`/);
});
