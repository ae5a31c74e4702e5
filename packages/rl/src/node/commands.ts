/** What this domain offers to the command `cpc`. */
import { builtInEnvironmentNames } from '@cpc/environments';
import { otherEnvironments } from '@cpc/environments/node';
import { type ExportRequest, reportWarnings, requireOnnxEnding, type TaskEvent, writeFileAtomically } from '@cpc/runs';
import { type DomainCommands, exportCommand, trainCommand } from '@cpc/runs/commands';
import { exportAgent } from '../export-agent.js';
import { rlPresets } from '../presets.js';
import { resolveRlSettings } from '../settings.js';
import { evaluateCommand } from './evaluate-command.js';
import { loadAgentModel } from './model-file.js';
import { sweepCommand } from './sweep-command.js';
import { trainRl } from './train.js';

const environments = { names: builtInEnvironmentNames, others: otherEnvironments };

export const domainCommands: DomainCommands = {
  name: 'rl',
  summary: 'agents in environments: A2C with the contrastive loss beside it',
  commands: [
    trainCommand({
      domain: 'rl',
      presets: Object.keys(rlPresets),
      settings: (preset, overrides) => resolveRlSettings(preset, overrides).resolved,
      environments,
      run: trainRl,
    }),
    evaluateCommand,
    sweepCommand(environments),
    exportCommand({ domain: 'rl', run: exportRl }),
  ],
  demo: {
    training: {
      command: 'train',
      request: {
        data: 'cart_pole',
        preset: 'small',
        overrides: {
          unrollSteps: { value: 20, source: 'set' },
          encoderUnits: { value: 32, source: 'set' },
          contextUnits: { value: 32, source: 'set' },
          predictionSteps: { value: 5, source: 'set' },
          learningRate: { value: 4e-3, source: 'set' },
          discount: { value: 0.98, source: 'set' },
          baselineCost: { value: 0.1, source: 'set' },
          clipNorm: { value: 300, source: 'set' },
        },
      },
      steps: 400,
      quickSteps: 120,
    },
    comparison: {
      command: 'evaluate',
      request: { episodes: 50, greedy: false, baselines: ['random'], workers: 0 },
    },
  },
};

/** Writes a run's agent as an ONNX file. */
export async function* exportRl({ run, out }: ExportRequest): AsyncGenerator<TaskEvent, void, undefined> {
  requireOnnxEnding(out);
  const { shape, parameters, settings, environment } = yield* reportWarnings(await loadAgentModel(run));
  const { rewardLimit } = settings;
  await writeFileAtomically(out, exportAgent({ shape, actions: environment.actions, parameters, rewardLimit }));
  yield {
    type: 'file-written',
    path: out,
    description:
      'one step of the agent: observations, last reward and action, LSTM state -> logits, value, next state; any number of copies',
  };
}
