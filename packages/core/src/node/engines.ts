/**
 * Which engine runs here. `auto` takes TensorFlow where it finds a GPU, else ONNX Runtime, and says what it took; an engine
 * that was named and cannot start is an error with the reason and the fix, never a silent change.
 */

import { CpcArgumentError, CpcError } from '@cpc/base';
import { type NodeProvider, nodeRuntime } from '@cpc/compile/node';
import * as tf from '@tensorflow/tfjs';
import { eagerEngine } from '../engines/eager-engine.js';
import type { Engine } from '../engines/engine.js';
import { onnxEngine } from '../engines/onnx-engine.js';
import { loadTensorflow, tensorflowPackages } from './tensorflow.js';

export const engineRequests = ['auto', 'onnx', 'tensorflow', 'cpu'] as const;

/** What to compute with; a plain value that crosses threads. */
export interface EngineRequest {
  readonly name: (typeof engineRequests)[number];
  /** Provider of the engine `onnx`; default `cpu`. */
  readonly provider?: NodeProvider | undefined;
  /** Threads of the engine `onnx`; default: as many as the machine runs at once. */
  readonly threads?: number | undefined;
}

/**
 * Starts an engine.
 *
 * @throws {CpcArgumentError} if a provider or threads are given to an engine that takes none; `auto` hands them to `onnx`
 *   where it takes that.
 * @throws {CpcError} or CompileError, if it cannot start, with the reason and what to install.
 *
 * @example
 * const engine = await createEngine({ name: 'auto' });
 */
export async function createEngine(request: EngineRequest): Promise<Engine> {
  switch (request.name) {
    case 'auto':
      return automaticEngine(request);
    case 'onnx':
      return onnxEngine(await nodeRuntime(runtimeOptions(request)));
    case 'cpu':
      requireNoRuntimeOptions(request);
      return eagerEngine({
        backend: 'cpu',
        name: 'cpu',
        provider: 'cpu',
        note: `TensorFlow.js ${tf.version.tfjs}, plain JavaScript: for checks, not for speed`,
      });
    case 'tensorflow':
      requireNoRuntimeOptions(request);
      return tensorflowEngine();
    default:
      throw new CpcArgumentError({
        where: 'createEngine',
        argument: 'name',
        expected: `one of ${engineRequests.join(', ')}`,
        received: request.name,
      });
  }
}

async function automaticEngine(request: EngineRequest): Promise<Engine> {
  const tensorflow = request.provider === undefined ? await loadTensorflow() : undefined;
  return tensorflow?.loaded === true && tensorflow.usesGpu
    ? tensorflowEngine()
    : createEngine({ ...request, name: 'onnx' });
}

async function tensorflowEngine(): Promise<Engine> {
  const found = await loadTensorflow();
  if (!found.loaded) {
    throw new CpcError({
      where: 'engine tensorflow',
      expected: `${tensorflowPackages.join(' or ')} to load`,
      received: found.reasons.map(({ name, reason }) => `${name}: ${reason}`).join('; '),
      fix: 'Install one of them beside this package (npm install @tensorflow/tfjs-node-gpu), or use --engine onnx.',
    });
  }
  return eagerEngine({
    backend: 'tensorflow',
    name: 'tensorflow',
    provider: found.usesGpu ? 'gpu' : 'cpu',
    note: `${found.name} ${found.version}, ${found.usesGpu ? 'on the GPU' : 'on the CPU'}`,
  });
}

/** What would be left unheard is refused. */
function requireNoRuntimeOptions({ name, provider, threads }: EngineRequest): void {
  const [argument, received] = provider !== undefined ? ['provider', provider] : ['threads', threads];
  if (received === undefined) return;
  throw new CpcArgumentError({
    where: 'createEngine',
    argument: String(argument),
    expected: `engine ${name} without ${argument}: the engine onnx alone takes one`,
    received,
    fix: `Leave it out, or use the engine onnx.`,
  });
}

function runtimeOptions({ provider, threads }: EngineRequest) {
  return { ...(provider === undefined ? {} : { provider }), ...(threads === undefined ? {} : { threads }) };
}
