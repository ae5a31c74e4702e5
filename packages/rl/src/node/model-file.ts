/** The model of an agent's run: parameters, settings, and the environment it is for. */
import { CpcError, flatten } from '@cpc/core';
import type { EnvironmentSpec } from '@cpc/environments';
import { createModelKind, type ReadModel } from '@cpc/runs';
import { z } from 'zod';
import { agentShapeFor } from '../agent/agent-shape.js';
import type { AgentShape } from '../agent/network.js';
import type { RlSettings } from '../presets.js';
import { parseRlSettings } from '../settings.js';
import { createAgentModel } from '../training/agent-model.js';

export interface AgentModelFile
  extends ReadModel<{
    readonly settings: RlSettings;
    /** What it was trained in. */
    readonly environment: TrainedIn;
  }> {
  readonly shape: AgentShape;
}

/** The environment of a run: its name, and what an agent for it needs to know. */
export interface TrainedIn extends Pick<EnvironmentSpec, 'observation' | 'actions' | 'actionRepeat'> {
  readonly name: string;
}

const trainedInSchema = z.object({
  name: z.string().min(1),
  observation: z.object({ shape: z.array(z.int().min(1)), dtype: z.enum(['uint8', 'float32']) }),
  actions: z.array(z.string()).min(2),
  actionRepeat: z.int().min(1),
}) satisfies z.ZodType<TrainedIn>;

/** How it is written and read. */
export const agentModels = createModelKind({
  domain: 'rl',
  contents: { settings: parseRlSettings, environment: trainedIn },
  shapes: ({ settings, environment }) => {
    const first = flatten(createAgentModel(environment, settings).initialise(0));
    return Object.fromEntries(Object.entries(first).map(([name, { shape }]) => [name, shape]));
  },
});

/**
 * The model of a run.
 *
 * @param run - the run's folder.
 * @throws {CpcError} if there is none yet, it is damaged, or it is of another domain.
 */
export async function loadAgentModel(run: string): Promise<AgentModelFile> {
  const model = await agentModels.load(run);
  return { ...model, shape: agentShapeFor(model.environment, model.settings) };
}

function trainedIn(value: unknown, where: string): TrainedIn {
  const parsed = trainedInSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const received = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new CpcError({ where, expected: 'the environment that the agent was trained in', received });
}
