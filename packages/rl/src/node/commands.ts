/** What this domain offers to the command `cpc`. */

import { builtInEnvironmentNames } from '@cpc/environments';
import { otherEnvironments } from '@cpc/environments/node';
import {
  type Control,
  type DomainCommands,
  type ExportRequest,
  reportWarnings,
  requireOnnxEnding,
  type TaskEvent,
  writeFileAtomically,
} from '@cpc/runs';
import { exportAgent } from '../export-agent.js';
import { rlPresets } from '../presets.js';
import { resolveRlSettings } from '../settings.js';
import { evaluateRl, rlBaselines } from './evaluate.js';
import { loadAgentModel } from './model-file.js';
import { sweepRl } from './sweep.js';
import { trainRl } from './train.js';

export const domainCommands = {
  name: 'rl',
  summary: 'agents in environments: A2C with the contrastive loss beside it',
  presets: Object.keys(rlPresets),
  environments: { names: builtInEnvironmentNames, others: otherEnvironments },
  settings: (preset, overrides) => resolveRlSettings(preset, overrides).resolved,
  train: trainRl,
  export: exportRl,
  evaluation: { baselines: rlBaselines, run: evaluateRl },
  sweep: {
    summary: 'search entropy cost, learning rate and RMSProp epsilon at random, as section 3.4 does',
    run: sweepRl,
  },
  demo: {
    train: {
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
      steps: 400,
      quickSteps: 120,
    },
    episodes: 50,
  },
} satisfies DomainCommands;

async function* exportRl({ run, out }: ExportRequest, _control: Control): AsyncGenerator<TaskEvent, void, undefined> {
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
