/** How cases make their sides on this machine. */
import { join } from 'node:path';
import { standardPasses } from '@cpc/compile';
import { nodeRuntime } from '@cpc/compile/node';
import { type Engine, onnxEngine } from '@cpc/core';
import { createEngine, type EngineRequest } from '@cpc/core/node';
import type { CaseTools } from '@cpc/testing';
import { labelModelParts } from './model-parts.js';
import { encodingContestant, ownSideContestant } from './own-side.js';
import { repositoryRoot } from './places.js';
import { pythonTwin } from './python-twin.js';
import { trainingStepContestant } from './training-step.js';

export interface ToolOptions {
  readonly threads: number;
  /** Beginning of the paths of ONNX Runtime's profiles; none are written if left out. */
  readonly profile?: string;
  /** Name of a pass of the compiler that the engine onnx leaves out. */
  readonly withoutPass?: string;
}

export function caseTools(options: ToolOptions): CaseTools {
  const { threads } = options;
  return {
    trainingStep: async (input, name) => trainingStepContestant(input, await engineOf(name, options)),
    ownSide: async (name, prepare) => ownSideContestant(await engineOf(name, options), prepare),
    encoding: async (name, prepare) => encodingContestant(await engineOf(name, options), prepare),
    pythonTwin: (input, script, packages = 'torch') =>
      pythonTwin(input, { script: join(repositoryRoot, script), threads, packages }),
  };
}

/** Threads are for the engine onnx; the others take none. */
async function engineOf(name: EngineRequest['name'], options: ToolOptions): Promise<Engine> {
  const { threads, profile, withoutPass } = options;
  if (name !== 'onnx') return createEngine({ name });
  if (profile === undefined && withoutPass === undefined) return createEngine({ name, threads });
  const runtime = await nodeRuntime({ threads, ...(profile === undefined ? {} : { profile }) });
  return onnxEngine(runtime, (purpose) => [
    ...standardPasses(purpose).filter((pass) => pass.name !== withoutPass),
    labelModelParts,
  ]);
}
