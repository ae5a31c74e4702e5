/** The engine that traces a function once and lets ONNX Runtime execute the graph. */
import { type CompileOptions, compile, type Runtime } from '@cpc/compile';
import type { Engine } from './engine.js';

/**
 * @param runtime - from `@cpc/compile/node` or `@cpc/compile/web`.
 * @param passes - of the compiler, by what a function is for, instead of `standardPasses`.
 *
 * @example
 * const engine = onnxEngine(await nodeRuntime({ threads: 2 }));
 */
export function onnxEngine(runtime: Runtime, passes?: CompileOptions['passes']): Engine {
  return {
    name: 'onnx',
    provider: runtime.providers.join(','),
    threads: runtime.threads,
    note: `${runtime.name}, provider ${runtime.providers.join(',')}, ${runtime.threads} threads`,
    compile: (fn, inputs, constants = {}) =>
      compile(fn, inputs, { runtime, constants, ...(passes === undefined ? {} : { passes }) }),
  };
}
