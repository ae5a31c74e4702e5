/** ONNX Runtime in browsers (and wherever WebAssembly runs). */

import { CompileError } from '@cpc/base';
import type * as OnnxRuntime from 'onnxruntime-web';
import type { Runtime } from '../runtime.js';
import { FillingSession } from './filling-session.js';

export interface WebRuntimeOptions {
  /** Default `wasm`; `webgpu` needs `library`. */
  readonly provider?: 'wasm' | 'webgpu';
  /**
   * WebAssembly threads, a whole number of at least 1. Default 1. In a page more than one needs cross-origin isolation, and
   * `wasmPaths`: the threads load onnxruntime-web's own file, where a bundler would have them load the page's.
   * onnxruntime-web starts its threads once: every runtime of a page has as many as the first one.
   */
  readonly threads?: number;
  /**
   * Folder from which the page serves `ort-wasm-simd-threaded.mjs` and `.wasm` of onnxruntime-web/dist, such as `/ort/`;
   * default: where the bundler puts the .wasm file.
   */
  readonly wasmPaths?: string;
  /**
   * onnxruntime-web as loaded by the caller: `await import('onnxruntime-web/webgpu')`. Default: `onnxruntime-web/wasm`, whose
   * .wasm file is the smallest, 14 MB.
   */
  readonly library?: typeof OnnxRuntime;
}

/** Threads of the runtimes made so far. */
let sharedThreads: number | undefined;

/**
 * Loads onnxruntime-web.
 *
 * @throws {CompileError} if the package is not installed, naming the install command; if `threads` is no whole number of at
 *   least 1, or another one than that of an earlier runtime; if the page cannot start that many, or `webgpu` has no `library`.
 */
export async function webRuntime(options: WebRuntimeOptions = {}): Promise<Runtime> {
  const threads = options.threads ?? 1;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new CompileError(`webRuntime: expected threads to be a whole number of at least 1, received ${threads}.`);
  }
  if (threads > 1) refuseThreadsThatHang(threads, options.wasmPaths);
  const ort = options.library ?? (await loaded(options.provider));
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

/** Threads that cannot start never answer: onnxruntime-web waits for them without end. */
function refuseThreadsThatHang(threads: number, wasmPaths: string | undefined): void {
  if (!('document' in globalThis)) return; // Node has threads of its own
  if (globalThis.crossOriginIsolated !== true) {
    throw new CompileError(
      `webRuntime: ${threads} threads need a cross-origin isolated page. Serve it with the headers ` +
        'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or ask for 1 thread.',
    );
  }
  if (wasmPaths === undefined) {
    throw new CompileError(
      `webRuntime: ${threads} threads need wasmPaths. Serve ort-wasm-simd-threaded.mjs and .wasm of onnxruntime-web/dist ` +
        "from a folder, and pass its address: wasmPaths: '/ort/'. Or ask for 1 thread.",
    );
  }
}

async function loaded(provider: WebRuntimeOptions['provider']): Promise<typeof OnnxRuntime> {
  if (provider === 'webgpu') {
    throw new CompileError(
      'webRuntime: the provider "webgpu" needs another build of onnxruntime-web. Pass it: ' +
        "webRuntime({ provider: 'webgpu', library: await import('onnxruntime-web/webgpu') }).",
    );
  }
  try {
    return await import('onnxruntime-web/wasm');
  } catch (error) {
    throw new CompileError(
      `webRuntime: onnxruntime-web could not be loaded (${reason(error)}). Install it with: npm install onnxruntime-web`,
    );
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
