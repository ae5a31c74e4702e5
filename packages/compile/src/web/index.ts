/** ONNX Runtime in browsers (and wherever WebAssembly runs). */
import type * as OnnxRuntime from 'onnxruntime-web';
import { CompileError } from '../errors.js';
import type { Runtime } from '../runtime.js';
import { FillingSession } from './filling-session.js';

export interface WebRuntimeOptions {
  /** Default `wasm`. */
  readonly provider?: 'wasm' | 'webgpu';
  /** WebAssembly threads; more than one needs a cross-origin isolated page. Default 1. */
  readonly threads?: number;
  /** Where the page serves onnxruntime-web's .wasm files; default: beside its script. */
  readonly wasmPaths?: string;
}

/**
 * Loads onnxruntime-web.
 *
 * @throws {CompileError} if the package is not installed, naming the install command.
 */
export async function webRuntime(options: WebRuntimeOptions = {}): Promise<Runtime> {
  const ort = await loaded();
  const threads = options.threads ?? 1;
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
