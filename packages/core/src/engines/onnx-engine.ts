/** The engine that traces a function once and lets ONNX Runtime execute the graph. */
import { compile, type Pass, type Runtime } from '@cpc/compile';
import type { Engine } from './engine.js';

/**
 * @param runtime - from `@cpc/compile/node` or `@cpc/compile/web`.
 * @param passes - of the compiler, instead of the standard ones.
 *
 * @example
 * const engine = onnxEngine(await nodeRuntime({ threads: 2 }));
 */
export function onnxEngine(runtime: Runtime, passes?: readonly Pass[]): Engine {
  return {
    name: 'onnx',
    provider: runtime.providers.join(','),
    threads: runtime.threads,
    note: `${runtime.name}, provider ${runtime.providers.join(',')}, ${runtime.threads} threads`,
    compile: (fn, inputs) => compile(fn, inputs, { runtime, ...(passes === undefined ? {} : { passes }) }),
  };
}
