/** What settings and an environment decide of an agent: sizes, first parameters, loss, negatives. */
import type { HostTensor } from '@cpc/compile';
import { createRandom, type HostArray, type Random, type Tree } from '@cpc/core';
import { type ActedIn, agentShapeFor } from '../agent/agent-shape.js';
import { type AgentShape, initialiseAgent } from '../agent/network.js';
import type { AgentLossOptions } from '../learning/agent-loss.js';
import { type ContrastiveTask, createContrastiveTask } from '../learning/contrastive-task.js';
import type { RlSettings } from '../presets.js';

export interface AgentModel {
  readonly shape: AgentShape;
  readonly loss: AgentLossOptions;
  /** How far ahead the contrastive task predicts; empty where it is off. */
  readonly offsets: readonly number[];
  /** First parameters of a run with this seed: those of the agent are the same whether the contrastive task is on or off. */
  readonly initialise: (seed: number) => Tree<HostArray>;
  /** Negatives of one update; undefined where the contrastive task is off. */
  readonly drawCandidates: (random: Random) => HostTensor | undefined;
}

export function createAgentModel(environment: ActedIn, settings: RlSettings): AgentModel {
  const shape = agentShapeFor(environment, settings);
  const { copies, unrollSteps, baselineCost, entropyCost, lossReduction, contrastiveWeight: weight } = settings;
  const task = settings.contrastive ? createContrastiveTask(settings) : undefined;
  return {
    shape,
    loss: {
      shape,
      copies,
      unrollSteps,
      baselineCost,
      entropyCost,
      lossReduction,
      ...(task === undefined ? {} : { contrastive: { task, weight } }),
    },
    offsets: task?.offsets ?? [],
    initialise: (seed) => {
      const random = createRandom(seed).fold('initialise');
      return { ...initialiseAgent(shape, random.fold('agent')), ...task?.initialise(random.fold('contrastive')) };
    },
    drawCandidates: (random) => (task === undefined ? undefined : candidatesOf(task, copies, unrollSteps, random)),
  };
}

function candidatesOf(
  { negatives }: ContrastiveTask,
  sequences: number,
  positions: number,
  random: Random,
): HostTensor {
  const data = negatives.draw({ sequences, positions }, random);
  return { shape: [1, negatives.candidatesPerGroup], data };
}
