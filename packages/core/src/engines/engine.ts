/** What turns a pure function into something that runs. */
import type { CompiledFunction, NamedSpecs, PureFunction } from '@cpc/compile';
import type { EngineSummary } from '@cpc/records';

export type EngineName = 'onnx' | 'tensorflow' | 'cpu';

export interface Engine {
  readonly name: EngineName;
  /** Where it computes, such as `cpu`, `cuda` or `tfjs-node-gpu`. */
  readonly provider: string;
  /** Threads within one operation; undefined where the backend decides. */
  readonly threads: number | undefined;
  /** One line for people: what was taken and which version it is. */
  readonly note: string;
  /** Prepares `fn` for inputs of these shapes. Dispose of the result when done. */
  readonly compile: (fn: PureFunction, inputs: NamedSpecs) => Promise<CompiledFunction>;
}

/** An engine in words, for events and run records. */
export function summaryOf({ name, provider, threads, note }: Engine): EngineSummary {
  return { name, provider, ...(threads === undefined ? {} : { threads }), note };
}
