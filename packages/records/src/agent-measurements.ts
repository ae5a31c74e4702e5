/**
 * What is measured, beside the rest, on an update of an agent that makes its own data by acting.
 */
import { z } from 'zod';

export const agentMeasurementsSchema = z.object({
  /** frames of all environments so far, over all sittings: agent steps times the frames that an action is repeated for */
  frames: z.int().min(0),
  /** of this update, acting and learning */
  framesPerSecond: z.number().min(0),
  /** part of the update's time that went into acting: the network's steps and the environments' */
  actingShare: z.number().min(0).max(1),
  /** how many episodes ended */
  episodes: z.int().min(0),
  /** mean over those of the sum of rewards, unclipped; absent where none ended */
  episodeReturn: z.number().optional(),
  /** mean over those of their length, in agent steps; absent where none ended */
  episodeSteps: z.number().min(0).optional(),
  /** of the policy, mean over agent steps; from 0 to ln(number of actions) */
  entropyNats: z.number().min(0),
  /** 1 - Var(return - value) / Var(return), at most 1; absent where all returns are equal */
  explainedVariance: z.number().max(1).optional(),
  /** mean over agent steps */
  policyLoss: z.number(),
  /** mean over agent steps: half the squared error of the values */
  valueLoss: z.number().min(0),
});

/** What is measured, beside the rest, on an update of an agent. */
export type AgentMeasurements = z.infer<typeof agentMeasurementsSchema>;

/** Means over updates; those of episodes over episodes. */
export interface AgentAverages {
  readonly episodes: number;
  readonly framesPerSecond: number;
  readonly actingShare: number;
  readonly entropyNats: number;
  readonly episodeReturn?: number;
  readonly episodeSteps?: number;
  readonly explainedVariance?: number;
}

/**
 * @param updates - of one run.
 * @returns undefined if there are none.
 */
export function averageAgentUpdates(updates: readonly AgentMeasurements[]): AgentAverages | undefined {
  if (updates.length === 0) return undefined;
  const mean = (read: (update: AgentMeasurements) => number | undefined, weightOf = (_: AgentMeasurements) => 1) => {
    const measured = updates.filter((update) => read(update) !== undefined);
    const weight = measured.reduce((sum, update) => sum + weightOf(update), 0);
    const total = measured.reduce((sum, update) => sum + (read(update) ?? 0) * weightOf(update), 0);
    return weight === 0 ? undefined : total / weight;
  };
  const episodesOf = ({ episodes }: AgentMeasurements) => episodes;
  const present = {
    episodeReturn: mean(({ episodeReturn }) => episodeReturn, episodesOf),
    episodeSteps: mean(({ episodeSteps }) => episodeSteps, episodesOf),
    explainedVariance: mean(({ explainedVariance }) => explainedVariance),
  };
  return {
    episodes: updates.reduce((sum, { episodes }) => sum + episodes, 0),
    framesPerSecond: mean(({ framesPerSecond }) => framesPerSecond) ?? 0,
    actingShare: mean(({ actingShare }) => actingShare) ?? 0,
    entropyNats: mean(({ entropyNats }) => entropyNats) ?? 0,
    ...Object.fromEntries(Object.entries(present).filter(([, value]) => value !== undefined)),
  };
}
