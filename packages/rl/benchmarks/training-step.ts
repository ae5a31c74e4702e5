/** One update of an agent on a given unroll, beside the same update in PyTorch; acting and environment apart. */
import { createUpdateStep } from '@cpc/core';
import type { BenchmarkCase, OwnSide } from '@cpc/testing';
import { agentOptimiser } from '../src/training/agent-optimiser.js';
import { type AgentInput, agentInput, settingsOf } from './agent-input.js';

export const trainingStep: BenchmarkCase<AgentInput> = {
  name: 'rl',
  summary: 'one update of an agent on an unroll of all copies: actor-critic and contrastive loss, gradients, RMSProp',
  timed: true,
  prepare: ({ preset }) => agentInput(settingsOf(preset)),
  ours: (input, tools) => tools.ownSide('onnx', (engine) => learner(input, engine)),
  peer: (input, tools) => tools.pythonTwin(input, 'packages/rl/benchmarks/training_step.py'),
};

async function learner(
  { loss, settings, parameters, batches }: AgentInput,
  engine: Parameters<typeof createUpdateStep>[0]['engine'],
): Promise<OwnSide> {
  const clip = settings.clipNorm > 0 ? { clipNorm: settings.clipNorm } : {};
  const step = await createUpdateStep({ loss, engine, parameters, optimiser: agentOptimiser(settings), ...clip });
  const batchOf = (number: number) => batches[(number - 1) % batches.length] ?? {};
  return {
    check: async (number) => {
      const started = performance.now();
      const { gradients, metrics } = await step.gradients(batchOf(number));
      const milliseconds = performance.now() - started;
      const copies = Object.entries(gradients).map(([name, { data }]) => [name, Float32Array.from(data)]);
      return { milliseconds, lossNats: Number(metrics.loss?.data[0]), gradients: Object.fromEntries(copies) };
    },
    step: async (number) => {
      const batch = batchOf(number);
      const started = performance.now();
      const { metrics } = await step.run(batch, number);
      return { milliseconds: performance.now() - started, lossNats: Number(metrics.loss?.data[0]) };
    },
    dispose: step.dispose,
  };
}
