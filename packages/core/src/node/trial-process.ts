/**
 * Entry of the process that tries one engine, or loads the runtime: does what it is asked and answers with one message.
 *
 * A file of its own and no text for `--eval`, which Deno runs without `import()`.
 */
import { disableTelemetry } from '@cpc/compile/node';
import { type EngineTrialOptions, tryEngine } from './engine-trial.js';
import type { EngineRequest } from './engines.js';

/** What the process is asked. */
export type TrialJob =
  | { readonly engine: EngineRequest; readonly options: EngineTrialOptions }
  /** The runtime's module, whose backends are asked for. */
  | { readonly runtime: string };

/** What the process came to. */
export type TrialAnswer = { readonly value: unknown } | { readonly error: string };

async function answerTo(job: TrialJob): Promise<unknown> {
  if ('engine' in job) return tryEngine(job.engine, job.options);
  const runtime: { readonly listSupportedBackends: () => unknown } = await import(job.runtime);
  return runtime.listSupportedBackends();
}

async function settled(job: TrialJob): Promise<TrialAnswer> {
  try {
    return { value: await answerTo(job) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

disableTelemetry(); // also of the runtime that is loaded for its list of backends alone
const answer = await settled(JSON.parse(process.argv[2] ?? '') as TrialJob); // from `doctor.ts` of this same package
process.send?.(answer, () => process.exit(0));
