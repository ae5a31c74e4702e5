/** ONNX Runtime in Node. */
import { availableParallelism } from 'node:os';
import { CompileError } from '@cpc/base';
import type * as OnnxRuntime from 'onnxruntime-node';
import type { Runtime } from '../runtime.js';
import { GivenOutputsSession, withListFirst } from './given-outputs.js';
import { requireNoTelemetry } from './telemetry.js';

export { disableTelemetry } from '@cpc/base/node';

/** Execution providers that onnxruntime-node may offer, depending on the platform. */
export type NodeProvider = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

export interface NodeRuntimeOptions {
  /** Default `cpu`. If another one does not start, making a session is an error: nothing falls back to the cpu unasked. */
  readonly provider?: NodeProvider;
  /** Threads within an operator, a whole number of at least 1; default: the machine's parallelism. */
  readonly threads?: number;
  /**
   * Write ONNX Runtime's own profile of every session to a file whose path begins with this: `<profile>-1_<date>.json` for
   * the first session made, and so on. A file is complete once its session is disposed of. Sessions then run slower.
   */
  readonly profile?: string;
}

/**
 * Loads onnxruntime-node, its telemetry turned off (see `telemetry.ts`).
 *
 * @throws {CompileError} if the package or its binary is not there, naming the install command, `threads` is no whole number of at
 *   least 1, or this is a worker thread of a process that did not turn telemetry off.
 */
export async function nodeRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  const ort = await loaded();
  const threads = options.threads ?? availableParallelism();
  if (!Number.isInteger(threads) || threads < 1) {
    throw new CompileError(`nodeRuntime: expected threads to be a whole number of at least 1, received ${threads}.`);
  }
  const provider = options.provider ?? 'cpu';
  let sessions = 0;
  return {
    name: `onnxruntime-node ${ort.env.versions.node ?? ort.env.versions.common}`,
    providers: [provider],
    threads,
    createTensor: (type, data, shape) => new ort.Tensor(type, data, shape),
    createSession: async (model, use) => {
      sessions += 1;
      const isGiven = use === 'given-outputs';
      try {
        const session = await ort.InferenceSession.create(isGiven ? withListFirst(model) : model, {
          executionProviders: [provider],
          intraOpNumThreads: threads,
          interOpNumThreads: 1,
          executionMode: 'sequential',
          enableMemPattern: false, // a plan of one block for all values: as fast, and takes half as much memory again
          graphOptimizationLevel: 'all',
          logSeverityLevel: 3,
          ...profiling(options.profile, sessions),
        });
        return isGiven ? new GivenOutputsSession(session) : session;
      } catch (error) {
        throw new CompileError(
          `nodeRuntime: ONNX Runtime could not start a session on provider "${provider}": ${reason(error)}`,
        );
      }
    },
  };
}

/** The runtime names files by the second, so sessions need prefixes of their own. */
function profiling(prefix: string | undefined, session: number) {
  return prefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: `${prefix}-${session}` };
}

async function loaded(): Promise<typeof OnnxRuntime> {
  requireNoTelemetry();
  try {
    const module: typeof OnnxRuntime & { readonly default?: typeof OnnxRuntime } = await import('onnxruntime-node');
    return module.default ?? module;
  } catch (error) {
    throw new CompileError(
      `nodeRuntime: onnxruntime-node could not be loaded (${reason(error)}). ` +
        'Install it with: npm install onnxruntime-node --ignore-scripts ' +
        '(on an Intel Mac there is no binary: use the engine "tensorflow").',
    );
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
