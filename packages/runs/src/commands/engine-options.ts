/** `--engine`, `--provider`, `--threads`: what to compute with. */
import { UsageError } from '@cpc/base';
import type { EngineRequest } from '@cpc/core/node';
import { type GivenOf, optional, withDefault } from './option.js';
import { choice, wholeNumber } from './values.js';

type EngineName = EngineRequest['name'];
type Provider = NonNullable<EngineRequest['provider']>;

// Written out, not imported: that would load TensorFlow.js to print a help text. The type checker compares them.
const engines = ['auto', 'onnx', 'tensorflow', 'cpu'] as const satisfies readonly EngineName[];
const providers = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const satisfies readonly Provider[];

export const engineOptions = {
  engine: withDefault(choice(engines), 'auto', {
    placeholder: '<name>',
    help: 'what to compute with',
    choices: engines,
  }),
  provider: optional(choice(providers), {
    placeholder: '<name>',
    help: 'where the engine onnx computes (default: cpu)',
    choices: providers,
  }),
  threads: optional(wholeNumber(1), {
    placeholder: '<n>',
    help: 'threads of the engine onnx (default: as many as the machine has)',
  }),
};

/** @throws {UsageError} if provider or threads are given to an engine that has none. */
export function engineRequestOf({ engine, provider, threads }: GivenOf<typeof engineOptions>): EngineRequest {
  if (engine === 'cpu' || engine === 'tensorflow') {
    const useless = provider !== undefined ? '--provider' : threads !== undefined ? '--threads' : undefined;
    if (useless !== undefined)
      throw new UsageError(`${useless} is for the engine onnx; the engine ${engine} takes none.`);
  }
  return { name: engine, provider, threads };
}
