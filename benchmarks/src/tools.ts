/** How cases make their sides on this machine. */
import { join } from 'node:path';
import { nodeRuntime } from '@cpc/compile/node';
import { type Engine, onnxEngine } from '@cpc/core';
import { createEngine, type EngineRequest } from '@cpc/core/node';
import type { CaseTools } from './case.js';
import { ownSideContestant } from './own-side.js';
import { repositoryRoot } from './places.js';
import { pythonTwin } from './python-twin.js';
import { trainingStepContestant } from './training-step.js';

export interface ToolOptions {
  readonly threads: number;
  /** Beginning of the paths of ONNX Runtime's profiles; none are written if left out. */
  readonly profile?: string;
}

export function caseTools(options: ToolOptions): CaseTools {
  const { threads } = options;
  return {
    trainingStep: async (input, name) => trainingStepContestant(input, await engineOf(name, options)),
    ownSide: async (name, prepare) => ownSideContestant(await engineOf(name, options), prepare),
    pythonTwin: (input, script, packages = 'torch') =>
      pythonTwin(input, { script: join(repositoryRoot, script), threads, packages }),
  };
}

/** Threads are for the engine onnx; the others take none. */
async function engineOf(name: EngineRequest['name'], { threads, profile }: ToolOptions): Promise<Engine> {
  if (name !== 'onnx') return createEngine({ name });
  return profile === undefined ? createEngine({ name, threads }) : onnxEngine(await nodeRuntime({ threads, profile }));
}
