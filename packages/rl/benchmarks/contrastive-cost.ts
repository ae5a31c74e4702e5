/**
 * What the contrastive task costs: whole updates, acting and environment included, beside the same without it. Frames per second are
 * copies x unroll x 4 frames over the time of a step.
 */

import { createBuiltInEnvironment } from '@cpc/environments';
import type { BenchmarkCase, CaseInput, CaseTools, Contestant } from '@cpc/testing';
import type { RlSettings } from '../src/presets.js';
import { createAgent } from '../src/training/agent.js';
import { seed, settingsOf, task } from './agent-input.js';

export interface WholeUpdateInput extends CaseInput {
  readonly settings: RlSettings;
}

export const contrastiveCost: BenchmarkCase<WholeUpdateInput> = {
  name: 'rl-contrastive',
  summary: `a whole update of an agent in ${task}, played and learned, with the contrastive task beside one without`,
  timed: true,
  prepare: async ({ preset }) => ({ settings: settingsOf(preset), parameters: {}, batches: [{}] }),
  ours: ({ settings }, tools) => wholeUpdates({ ...settings, contrastive: true }, tools),
  peer: async ({ settings }, tools) => {
    const side = await wholeUpdates({ ...settings, contrastive: false }, tools);
    return { ...side, name: `${side.name}, without the contrastive task` };
  },
};

function wholeUpdates(settings: RlSettings, tools: CaseTools): Promise<Contestant> {
  return tools.ownSide('onnx', async (engine) => {
    const environment = createBuiltInEnvironment({ name: task, copies: settings.copies });
    const agent = await createAgent({ environment, settings, engine, seed });
    await agent.start(0);
    return {
      // The losses differ. What both sides have to share is what they play before the first update.
      check: async (number) => {
        const started = performance.now();
        const { actions, returns } = (await agent.play(number)).batch;
        const milliseconds = performance.now() - started;
        await agent.start(0);
        const played = {
          actions: Float32Array.from(actions?.data ?? []),
          returns: Float32Array.from(returns?.data ?? []),
        };
        return { milliseconds, lossNats: Math.log(environment.spec.actions.length), gradients: played };
      },
      step: async (number) => {
        const started = performance.now();
        await agent.learn(await agent.play(number), number);
        return { milliseconds: performance.now() - started };
      },
      dispose: async () => {
        await agent.dispose();
        await environment.close();
      },
    };
  });
}
