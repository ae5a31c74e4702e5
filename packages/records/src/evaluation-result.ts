/**
 * How well a policy did over whole episodes of an environment.
 */
import { z } from 'zod';

export const evaluationResultSchema = z.object({
  /** such as `seekavoid_arena` */
  environment: z.string().min(1),
  /** `trained`, `random`, or one action throughout, such as `always forward` */
  policy: z.string().min(1),
  /** whole episodes, all started anew */
  episodes: z.int().min(1),
  /** mean over episodes of the sum of rewards, unclipped */
  meanReturn: z.number(),
  /** of that mean: standard deviation over episodes / sqrt(episodes); 0 for a single episode */
  standardError: z.number().min(0),
  leastReturn: z.number(),
  greatestReturn: z.number(),
  /** agent steps */
  meanSteps: z.number().min(1),
  /** decides the episodes: every policy of one evaluation meets the same beginnings */
  seed: z.int(),
  /** updates that the trained policy had seen; absent for others */
  step: z.int().min(0).optional(),
});

/** How well a policy did over whole episodes of an environment. */
export type EvaluationResult = z.infer<typeof evaluationResultSchema>;
