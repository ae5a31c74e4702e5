/** A trained agent as ONNX files that take any number of copies. */
import { exportOnnx } from '@cpc/compile';
import { constantTensors, type HostArray, type Tree } from '@cpc/core';
import type * as tf from '@tensorflow/tfjs';
import { actingStep } from './agent/actor.js';
import { encode } from './agent/encoder.js';
import type { AgentShape } from './agent/network.js';

export interface AgentParts {
  readonly shape: AgentShape;
  /** Names of the actions, in order. */
  readonly actions: readonly string[];
  /** As a loaded run has them; predictors are not exported. */
  readonly parameters: Tree<HostArray>;
  /** Rewards are cut off at this size before they are shown to the agent; 0 for none. */
  readonly rewardLimit: number;
}

/**
 * One step of the agent: `observations [batch, …], lastRewards [batch], lastActions [batch] int32, starts [batch], hidden [batch, H],
 * cell [batch, H] -> logits [batch, A], values [batch], nextHidden, nextCell`. The file's metadata say in words how to run it.
 *
 * @example
 * const bytes = exportAgent({ shape, actions: environment.spec.actions, parameters, rewardLimit: 1 });
 */
export function exportAgent({ shape, actions, parameters, rewardLimit }: AgentParts): Uint8Array {
  const state = { shape: ['batch', shape.contextUnits], dtype: 'float32' } as const;
  const floats = { shape: ['batch'], dtype: 'float32' } as const;
  return exportOnnx(
    (inputs) => actingStep(shape, constantTensors(parameters), inputs),
    {
      observations: { shape: ['batch', ...shape.observation.shape], dtype: 'float32' },
      lastRewards: floats,
      lastActions: { shape: ['batch'], dtype: 'int32' },
      starts: floats,
      hidden: state,
      cell: state,
    },
    {
      name: 'cpc-rl-agent',
      axes: { batch: { example: 2 } },
      metadata: { actions: JSON.stringify(actions), rewardLimit: String(rewardLimit), use: useInWords },
    },
  );
}

/** `observations [batch, …] -> latents [batch, D]`: what the agent sees of one moment. */
export function exportEncoder({ shape, parameters }: Pick<AgentParts, 'shape' | 'parameters'>): Uint8Array {
  return exportOnnx(
    ({ observations }) => ({
      latents: encode(constantTensors(parameters), observations as tf.Tensor, shape.observation),
    }),
    { observations: { shape: ['batch', ...shape.observation.shape], dtype: 'float32' } },
    {
      name: 'cpc-rl-encoder',
      axes: { batch: { example: 2 } },
      metadata: { input: 'Pixels are numbers from 0 to 255.' },
    },
  );
}

const useInWords = [
  'Pixels are numbers from 0 to 255.',
  'At the first step of an episode starts is 1, and lastRewards, lastActions, hidden and cell may be anything; else starts is 0.',
  'lastRewards are cut off at rewardLimit on both sides (0: not at all), lastActions are what was done last.',
  'Draw an action from the softmax of logits; go on with nextHidden and nextCell as hidden and cell.',
].join(' ');
