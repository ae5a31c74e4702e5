/** `cpc rl train`. */
import { dirname, join } from 'node:path';
import { CpcArgumentError } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import type { VectorEnvironment } from '@cpc/environments';
import { openEnvironment } from '@cpc/environments/node';
import type { TrainingEvent } from '@cpc/records';
import {
  type Control,
  installedVersions,
  keepRun,
  readStartingRun,
  type TrainRequest,
  trainingEnd,
  writeFileAtomically,
} from '@cpc/runs';
import { agentShapeFor } from '../agent/agent-shape.js';
import { exportAgent, exportEncoder } from '../export-agent.js';
import type { RlSettings } from '../presets.js';
import { resolveRlSettings } from '../settings.js';
import { createAgentModel } from '../training/agent-model.js';
import { trainAgent } from '../training/train-agent.js';
import { agentModels } from './model-file.js';

const trainedWith = ['@cpc/rl', '@cpc/core', '@cpc/compile', '@tensorflow/tfjs'];

/** Trains an agent in an environment, into a run folder. */
export async function* trainRl(
  request: TrainRequest,
  control: Control,
): AsyncGenerator<TrainingEvent, void, undefined> {
  const { settings, resolved } = resolveRlSettings(request.preset, request.overrides);
  const { data: name, workers: threads = 0, seed } = request;
  const environment = await openEnvironment({
    name,
    copies: settings.copies,
    threads,
    stopRequested: control.stopRequested,
  });
  try {
    const engine = await createEngine(request.engine);
    const { spec } = environment;
    const shape = agentShapeFor(spec, settings);
    const start =
      request.from === undefined || request.resume
        ? undefined
        : await readStartingRun(request.from, {
            domain: 'rl',
            settings: resolved,
            initial: createAgentModel(spec, settings).initialise(seed),
          });
    const run = {
      start,
      domain: 'rl',
      engine,
      seed,
      folder: request.out,
      resume: request.resume,
      record: {
        command: request.command,
        preset: request.preset,
        settings: resolved,
        versions: installedVersions(trainedWith, import.meta.url),
        dataFingerprint: fingerprintOf(environment),
        data: { counts: { environments: settings.copies }, skipped: [] },
      },
      modelMetadata: agentModels.metadata({ settings, environment: { name, ...spec } }, seed),
      exportModel: async (parameters, paths) => {
        const parts = { shape, actions: spec.actions, parameters, rewardLimit: settings.rewardLimit };
        await writeFileAtomically(paths.encoder, exportEncoder(parts));
        await writeFileAtomically(join(dirname(paths.model), 'agent.onnx'), exportAgent(parts));
      },
    } satisfies Parameters<typeof keepRun>[0];
    yield* keepRun(run, (kept) =>
      trainAgent({
        ...kept,
        environment,
        settings,
        engine,
        seed,
        ...endOf(request, environment, settings),
        checkpointEverySteps: request.checkpointEverySteps,
        stopRequested: control.stopRequested,
      }),
    );
  } finally {
    await environment.close();
  }
}

/** What an environment computes is decided by these. */
function fingerprintOf({ name, spec }: VectorEnvironment): string {
  return `${name} ${JSON.stringify(spec)}`;
}

/** Frames in whole updates, at least one. */
function endOf(request: TrainRequest, { spec }: VectorEnvironment, { copies, unrollSteps }: RlSettings) {
  const { steps, epochs, frames, minutes } = request;
  if (epochs !== undefined) {
    const expected = 'no epochs: environments have no end; give frames, steps or minutes';
    throw new CpcArgumentError({ where: 'train', argument: 'epochs', expected, received: epochs });
  }
  const framesPerUpdate = copies * unrollSteps * spec.actionRepeat;
  return trainingEnd({ steps, minutes, epochs: frames === undefined ? undefined : frames / framesPerUpdate }, 1);
}
