/** How cases make their sides on this machine. */
import { join } from 'node:path';
import { nodeRuntime } from '@cpc/compile/node';
import { type Engine, onnxEngine } from '@cpc/core';
import { createEngine, type EngineRequest } from '@cpc/core/node';
import type { CaseTools } from './case.js';
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
    trainingStep: async (input, name) => trainingStepContestant(input, await engineOf({ name, threads }, options)),
    pythonTwin: (input, script) => pythonTwin(input, { script: join(repositoryRoot, script), threads }),
  };
}

async function engineOf(request: EngineRequest, { threads, profile }: ToolOptions): Promise<Engine> {
  if (request.name !== 'onnx' || profile === undefined) return createEngine(request);
  return onnxEngine(await nodeRuntime({ threads, profile }));
}
