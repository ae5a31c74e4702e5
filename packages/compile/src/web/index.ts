/** ONNX Runtime in browsers (and wherever WebAssembly runs). */
import type * as OnnxRuntime from 'onnxruntime-web';
import { CompileError } from '../errors.js';
import type { Runtime } from '../runtime.js';
import { FillingSession } from './filling-session.js';

export interface WebRuntimeOptions {
  /** Default `wasm`. */
  readonly provider?: 'wasm' | 'webgpu';
  /**
   * WebAssembly threads, a whole number of at least 1; more than one needs a cross-origin isolated page. Default 1.
   * onnxruntime-web starts its threads once: every runtime of a page has as many as the first one.
   */
  readonly threads?: number;
  /** Where the page serves onnxruntime-web's .wasm files; default: beside its script. */
  readonly wasmPaths?: string;
}

/** Threads of the runtimes made so far. */
let sharedThreads: number | undefined;

/**
 * Loads onnxruntime-web.
 *
 * @throws {CompileError} if the package is not installed, naming the install command; if `threads` is no whole number of at
 *   least 1, or another one than that of an earlier runtime.
 */
export async function webRuntime(options: WebRuntimeOptions = {}): Promise<Runtime> {
  const threads = options.threads ?? 1;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new CompileError(`webRuntime: expected threads to be a whole number of at least 1, received ${threads}.`);
  }
  const ort = await loaded();
  if (sharedThreads !== undefined && sharedThreads !== threads) {
    throw new CompileError(
      `webRuntime: an earlier runtime has ${sharedThreads} threads, received ${threads}; onnxruntime-web starts them once. ` +
        `Ask for ${sharedThreads} here too, or reload the page.`,
    );
  }
  sharedThreads = threads;
  const provider = options.provider ?? 'wasm';
  ort.env.wasm.numThreads = threads;
  if (options.wasmPaths !== undefined) ort.env.wasm.wasmPaths = options.wasmPaths;
  return {
    name: `onnxruntime-web ${ort.env.versions.web ?? ort.env.versions.common}`,
    providers: [provider],
    threads,
    createTensor: (type, data, shape) => new ort.Tensor(type, data, shape),
    createSession: async (model) => {
      try {
        const session = await ort.InferenceSession.create(model, {
          executionProviders: [provider],
          graphOptimizationLevel: 'all',
          logSeverityLevel: 3,
        });
        return new FillingSession(session);
      } catch (error) {
        throw new CompileError(
          `webRuntime: ONNX Runtime could not start a session on provider "${provider}": ${reason(error)}`,
        );
      }
    },
  };
}

async function loaded(): Promise<typeof OnnxRuntime> {
  try {
    return await import('onnxruntime-web');
  } catch (error) {
    throw new CompileError(
      `webRuntime: onnxruntime-web could not be loaded (${reason(error)}). Install it with: npm install onnxruntime-web`,
    );
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
