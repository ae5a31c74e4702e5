/** What may decide the actions of all copies: a trained agent, chance, or one action throughout. */
import type { Random } from '@cpc/core';
import type { Actor, Moment } from '../agent/actor.js';
import { drawActions, likeliestActions } from '../agent/choose-actions.js';

export interface Policy {
  /** Such as `trained`, `random` or `always forward`. */
  readonly name: string;
  /** `[B]`: one action for each copy. */
  readonly act: (moment: Moment) => Promise<Int32Array>;
}

/**
 * The trained agent's policy; its LSTM starts anew with every episode.
 *
 * @param greedy - take the likeliest action instead of drawing one.
 */
export function trainedPolicy(
  actor: Actor,
  { actionCount, greedy, random }: { readonly actionCount: number; readonly greedy: boolean; readonly random: Random },
): Policy {
  return {
    name: 'trained',
    act: async (moment) => {
      const { logits } = await actor.act(moment);
      return greedy ? likeliestActions(logits, actionCount) : drawActions(logits, actionCount, random);
    },
  };
}

/** Every action equally likely, at every step. */
export function randomPolicy(actionCount: number, random: Random): Policy {
  return {
    name: 'random',
    act: async ({ starts }) => Int32Array.from(starts, () => random.integer(actionCount)),
  };
}

/** The same action at every step. */
export function fixedPolicy(actions: readonly string[], action: number): Policy {
  return { name: `always ${actions[action]}`, act: async ({ starts }) => new Int32Array(starts.length).fill(action) };
}
