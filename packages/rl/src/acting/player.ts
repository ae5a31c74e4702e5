/**
 * Plays: shows the agent what the environment shows, hands its actions back, and writes down what came of them.
 *
 * Knows nothing of updates. Where all copies stand between two unrolls is kept here, and can be saved and restored.
 *
 * Letters used for shapes here:
 *   B  copies    T  steps of an unroll
 */
import { CpcError, type HostArray, type Random } from '@cpc/core';
import { type EnvironmentStep, observationSize, type VectorEnvironment } from '@cpc/environments';
import type { Actor, Moment } from '../agent/actor.js';
import { drawActions } from '../agent/choose-actions.js';
import { clippedReward } from '../learning/returns.js';
import type { Unroll } from './unroll.js';

/** An episode that ended. */
export interface PlayedEpisode {
  /** Sum of its rewards, unclipped. */
  readonly return: number;
  /** Agent steps. */
  readonly steps: number;
}

export interface PlayerOptions {
  readonly environment: VectorEnvironment;
  readonly actor: Actor;
  /** Rewards are cut off at this size for learning; 0 leaves them as they are. */
  readonly rewardLimit: number;
}

export interface Player {
  /** Starts a new episode in every copy. */
  readonly start: (seed: number) => Promise<void>;
  /**
   * Plays T steps and fills the unroll with them.
   *
   * @param random - decides the actions, in order.
   * @returns the episodes that ended, and `[B]`, the values of what is seen then.
   */
  readonly play: (unroll: Unroll, steps: number, random: Random) => Promise<PlayedUnroll>;
  /**
   * All that playing on depends on, by name, under `player/`; the environment's own state only where it can tell it. Where a remote
   * environment failed within an unroll, what it was before that.
   */
  readonly save: () => Promise<Record<string, HostArray>>;
  /** Goes on from what `save` gave; false if the environment's state is not among it, and nothing was done. */
  readonly restore: (saved: Readonly<Record<string, HostArray>>) => Promise<boolean>;
}

export interface PlayedUnroll {
  readonly episodes: readonly PlayedEpisode[];
  readonly following: Float32Array;
}

/** What all copies see, and how their episodes went so far. */
interface Standing extends Moment {
  readonly returns: Float32Array;
  readonly lengths: Float32Array;
}

export function createPlayer({ environment, actor, rewardLimit }: PlayerOptions): Player {
  const { copies, spec } = environment;
  const actionCount = spec.actions.length;
  let standing: Standing | undefined;
  let before: Record<string, HostArray> | undefined; // an unroll of a remote environment that is under way, or failed
  const saved = async () => {
    const state = await environment.save?.();
    return state === undefined ? {} : savedTensors(required(standing), actor, state);
  };
  const step = async (unroll: Unroll, index: number, random: Random): Promise<PlayedEpisode[]> => {
    const moment = required(standing);
    unroll.see(index, moment);
    const { logits, values } = await actor.act(moment);
    const actions = drawActions(logits, actionCount, random);
    const hoped = values.slice(); // asking for the values of last observations writes over them
    const outcome = await environment.step(actions);
    const rewards = outcome.rewards.map((reward) => clippedReward(reward, rewardLimit));
    const ended = outcome.terminated.map((terminated, copy) => terminated | (outcome.truncated[copy] ?? 0));
    const finalValues = await valuesAtTheEnd(outcome, { actions, rewards });
    unroll.record(index, { actions, values: hoped, rewards, ended, finalValues });
    const episodes = episodesEnded(moment, outcome, ended);
    standing = {
      observations: outcome.observations,
      lastRewards: rewards,
      lastActions: actions,
      starts: Float32Array.from(ended),
      ...carriedOn(moment, outcome, ended),
    };
    return episodes;
  };

  /** `[B]`: where an episode was cut off, what was hoped for from its last observation on; else 0. */
  const valuesAtTheEnd = async (
    { truncated, observations, finalObservations }: EnvironmentStep,
    { actions, rewards }: { readonly actions: Int32Array; readonly rewards: Float32Array },
  ): Promise<Float32Array> => {
    if (!truncated.includes(1)) return new Float32Array(copies);
    const seen = observations.slice();
    const size = observationSize(spec.observation);
    for (const [copy, last] of finalObservations) seen.set(last, copy * size);
    const moment = { observations: seen, lastRewards: rewards, lastActions: actions, starts: new Float32Array(copies) };
    return (await actor.valuesOf(moment)).map((value, copy) => (truncated[copy] === 1 ? value : 0));
  };

  return {
    start: async (seed) => {
      standing = freshStanding(await environment.reset(seed), copies);
    },
    play: async (unroll, steps, random) => {
      if (environment.isRemote === true) before = copyOf(await saved());
      unroll.begin(actor.state());
      const episodes: PlayedEpisode[] = [];
      for (let index = 0; index < steps; index++) episodes.push(...(await step(unroll, index, random)));
      before = undefined;
      return { episodes, following: await actor.valuesOf(required(standing)) };
    },
    save: async () => before ?? saved(),
    restore: async (saved) => {
      const state = saved[`${prefix}environment`];
      if (state === undefined || environment.restore === undefined) return false;
      const observations = await environment.restore(Uint8Array.from(state.data));
      standing = { observations, ...restoredStanding(saved) };
      actor.load({ hidden: named(saved, 'hidden'), cell: named(saved, 'cell') });
      return true;
    },
  };
}

const prefix = 'player/';

function freshStanding(observations: Moment['observations'], copies: number): Standing {
  const zeros = () => new Float32Array(copies);
  return {
    observations,
    lastRewards: zeros(),
    lastActions: new Int32Array(copies),
    starts: zeros().fill(1),
    returns: zeros(),
    lengths: zeros(),
  };
}

function episodesEnded(
  { returns, lengths }: Standing,
  { rewards }: EnvironmentStep,
  ended: Uint8Array,
): PlayedEpisode[] {
  const copies = Array.from(ended.keys()).filter((copy) => ended[copy] === 1);
  return copies.map((copy) => ({
    return: Math.fround((returns[copy] ?? 0) + (rewards[copy] ?? 0)),
    steps: (lengths[copy] ?? 0) + 1,
  }));
}

/** Sums and lengths of the episodes under way; those that start are at 0. */
function carriedOn({ returns, lengths }: Standing, { rewards }: EnvironmentStep, ended: Uint8Array) {
  return {
    returns: returns.map((sum, copy) => (ended[copy] === 1 ? 0 : sum + (rewards[copy] ?? 0))),
    lengths: lengths.map((length, copy) => (ended[copy] === 1 ? 0 : length + 1)),
  };
}

/** Checkpoints hold float32 only: the environment's bytes lie in them one by one. */
function savedTensors(standing: Standing, actor: Actor, environment: Uint8Array): Record<string, HostArray> {
  const { observations: _, ...others } = standing; // the environment shows them again
  const vectors = Object.entries({ ...others, environment }).map(([name, values]) => [
    prefix + name,
    { shape: [values.length], data: Float32Array.from(values) },
  ]);
  const { hidden, cell } = actor.state();
  return { ...Object.fromEntries(vectors), [`${prefix}hidden`]: hidden, [`${prefix}cell`]: cell };
}

/** The LSTM's state lies in arrays that acting writes over. */
function copyOf(saved: Readonly<Record<string, HostArray>>): Record<string, HostArray> {
  return Object.fromEntries(
    Object.entries(saved).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );
}

function restoredStanding(saved: Readonly<Record<string, HostArray>>): Omit<Standing, 'observations'> {
  const floats = (name: string) => named(saved, name).data.slice();
  return {
    lastRewards: floats('lastRewards'),
    lastActions: Int32Array.from(floats('lastActions')),
    starts: floats('starts'),
    returns: floats('returns'),
    lengths: floats('lengths'),
  };
}

function named(saved: Readonly<Record<string, HostArray>>, name: string): HostArray {
  const tensor = saved[prefix + name];
  if (tensor !== undefined) return tensor;
  const expected = `a tensor ${prefix}${name} in the checkpoint`;
  throw new CpcError({
    where: 'player',
    expected,
    received: Object.keys(saved).filter((key) => key.startsWith(prefix)),
  });
}

function required(standing: Standing | undefined): Standing {
  if (standing !== undefined) return standing;
  throw new CpcError({ where: 'player', expected: 'a call of `start` or `restore` before one of `play`' });
}
