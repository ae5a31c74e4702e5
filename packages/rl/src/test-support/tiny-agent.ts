/** An agent small enough for finite differences, and unrolls of made-up experience for it. */
import type { NamedHostTensors } from '@cpc/compile';
import { createRandom, type HostArray, type Random, type Tree } from '@cpc/core';
import type { ObservationSpec } from '@cpc/environments';
import { type AgentShape, initialiseAgent } from '../agent/network.js';
import { type AgentLossOptions, candidatesInput, unrollSpecs } from '../learning/agent-loss.js';
import { createContrastiveTask } from '../learning/contrastive-task.js';

const vector: ObservationSpec = { shape: [3], dtype: 'float32' };
/** The smallest picture on which both convolutions have more than one position. */
export const tinyPicture: ObservationSpec = { shape: [28, 24, 3], dtype: 'uint8' };

export function tinyShape(observation: ObservationSpec = vector): AgentShape {
  return {
    observation,
    convolutionChannels: [3, 4],
    encoderUnits: 5,
    contextUnits: 4,
    actionCount: 3,
    memory: true,
  };
}

export interface TinyAgentOptions {
  readonly shape?: AgentShape;
  readonly contrastive?: boolean;
  readonly lossReduction?: 'sum' | 'mean';
}

/** 2 copies, unrolls of 6 steps, 2 steps predicted among 5 candidates. */
export function tinyLossOptions(options: TinyAgentOptions = {}): AgentLossOptions {
  const { shape = tinyShape(), contrastive = true, lossReduction = 'sum' } = options;
  const { encoderUnits, contextUnits } = shape;
  const task = createContrastiveTask({
    ...{ predictionSteps: 2, negativeCount: 5, anchorEvery: 1, predictorScale: 1, encoderUnits, contextUnits },
  });
  return {
    ...{ shape, copies: 2, unrollSteps: 6, baselineCost: 0.5, entropyCost: 0.1, lossReduction },
    ...(contrastive ? { contrastive: { task, weight: 0.7 } } : {}),
  };
}

export function tinyParameters({ shape, contrastive }: AgentLossOptions, seed = 1): Tree<HostArray> {
  const random = createRandom(seed);
  return { ...initialiseAgent(shape, random.fold('agent')), ...contrastive?.task.initialise(random.fold('task')) };
}

/**
 * Random experience that fits the inputs of the loss.
 *
 * @param starts - `[B, T]`, 1 where an episode starts; default: copy 0 starts one at its step 3, copy 1 at its steps 0 and 5.
 */
export function tinyUnroll(
  options: AgentLossOptions,
  { seed = 2, starts = [0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1] }: { seed?: number; starts?: readonly number[] } = {},
): NamedHostTensors {
  const random = createRandom(seed);
  const { observation, actionCount } = options.shape;
  const draw: Record<string, (random: Random) => number> = {
    observations: (stream) => (observation.dtype === 'uint8' ? stream.integer(256) : stream.normal()),
    lastRewards: (stream) => stream.integer(3) - 1,
    lastActions: (stream) => stream.integer(actionCount),
    actions: (stream) => stream.integer(actionCount),
    [candidatesInput]: (stream) => stream.integer(options.copies * options.unrollSteps),
  };
  const tensors = Object.entries(unrollSpecs(options)).map(([name, { shape, dtype }]) => {
    const stream = random.fold(name);
    const next = draw[name] ?? ((normal: Random) => normal.normal());
    const values = Array.from({ length: shape.reduce((size, length) => size * length, 1) }, () => next(stream));
    return [name, { shape, data: dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values) }] as const;
  });
  const { copies, unrollSteps } = options;
  return {
    ...Object.fromEntries(tensors),
    starts: { shape: [copies, unrollSteps], data: Float32Array.from(starts) },
  };
}
