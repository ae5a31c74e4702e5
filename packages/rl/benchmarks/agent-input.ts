/** Settings of a case, and unrolls as an untrained agent plays them in seekavoid_arena. */
import type { HostTensor, NamedHostTensors } from '@cpc/compile';
import { CpcArgumentError, type StepLoss } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { createBuiltInEnvironment } from '@cpc/environments';
import type { CaseInput } from '@cpc/testing';
import { createAgentLoss } from '../src/learning/agent-loss.js';
import { type RlSettings, rlPresets } from '../src/presets.js';
import { createAgent } from '../src/training/agent.js';
import { createAgentModel } from '../src/training/agent-model.js';

export const task = 'seekavoid_arena';
export const seed = 1;
/** Unrolls that the steps go through in turn: the third crosses the end of an episode of 300 steps where unrolls have 100. */
const batchCount = 3;

export interface AgentInput extends CaseInput {
  readonly settings: RlSettings;
  readonly loss: StepLoss;
}

/** @throws {CpcArgumentError} if there is no preset of that name. */
export function settingsOf(preset: string): RlSettings {
  const settings = new Map<string, RlSettings>(Object.entries(rlPresets)).get(preset);
  if (settings !== undefined) return settings;
  throw new CpcArgumentError({
    where: 'bench rl',
    argument: '--preset',
    expected: `one of ${Object.keys(rlPresets).join(', ')}`,
    received: preset,
  });
}

export async function agentInput(settings: RlSettings): Promise<AgentInput> {
  const environment = createBuiltInEnvironment({ name: task, copies: settings.copies });
  const model = createAgentModel(environment.spec, settings);
  const engine = await createEngine({ name: 'onnx', threads: 1 });
  const agent = await createAgent({ environment, settings, engine, seed });
  await agent.start(0);
  const batches: NamedHostTensors[] = [];
  for (let number = 1; number <= batchCount; number++) batches.push(copied((await agent.play(number)).batch));
  await agent.dispose();
  await environment.close();
  return { settings, loss: createAgentLoss(model.loss), parameters: model.initialise(seed), batches };
}

/** An unroll's arrays are those of the next one too. */
function copied(batch: NamedHostTensors): NamedHostTensors {
  return Object.fromEntries(
    Object.entries(batch).map(([name, { shape, data }]): [string, HostTensor] => [name, { shape, data: data.slice() }]),
  );
}
