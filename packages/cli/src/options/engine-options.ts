/** `--engine`, `--provider`, `--threads`: what to compute with. */
import type { EngineRequest } from '@cpc/core/node';
import { type Command, Option } from 'commander';
import { UsageError } from '../errors.js';
import { wholeNumber } from './values.js';

type EngineName = EngineRequest['name'];
type Provider = NonNullable<EngineRequest['provider']>;

export interface EngineOptions {
  readonly engine: EngineName;
  readonly provider?: Provider;
  readonly threads?: number;
}

// Written out, not imported: that would load TensorFlow.js to print a help text. The type checker compares them.
const engines = ['auto', 'onnx', 'tensorflow', 'cpu'] as const satisfies readonly EngineName[];
const providers = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const satisfies readonly Provider[];

export function addEngineOptions(command: Command): Command {
  return command
    .addOption(new Option('--engine <name>', 'what to compute with').choices(engines).default('auto'))
    .addOption(new Option('--provider <name>', 'where the engine onnx computes (default: cpu)').choices(providers))
    .addOption(
      new Option('--threads <n>', 'threads of the engine onnx (default: as many as the machine has)').argParser(
        wholeNumber(1),
      ),
    );
}

/** @throws {UsageError} if provider or threads are given to an engine that has none. */
export function engineRequestOf({ engine, provider, threads }: EngineOptions): EngineRequest {
  if (engine === 'cpu' || engine === 'tensorflow') {
    const useless = provider !== undefined ? '--provider' : threads !== undefined ? '--threads' : undefined;
    if (useless !== undefined)
      throw new UsageError(`${useless} is for the engine onnx; the engine ${engine} takes none.`);
  }
  return {
    name: engine,
    provider,
    threads,
  };
}
