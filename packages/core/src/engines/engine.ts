/** What turns a pure function into something that runs. */
import type { CompiledFunction, NamedHostTensors, NamedSpecs, PureFunction } from '@cpc/compile';
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
  /**
   * Prepares `fn` for inputs of these shapes. Dispose of the result when done.
   *
   * @param constants - what `fn` takes beside, the same at every run: the parameters of a model that is used and not trained. It may
   *   run faster so than with inputs; changes to them may or may not be seen.
   */
  readonly compile: (fn: PureFunction, inputs: NamedSpecs, constants?: NamedHostTensors) => Promise<CompiledFunction>;
}

/** An engine in words, for events and run records. */
export function summaryOf({ name, provider, threads, note }: Engine): EngineSummary {
  return { name, provider, threads, note };
}
