/**
 * onnxruntime-web leaves tensors that are given for outputs as they were and drops the results. This session asks for
 * fresh results and copies them over, as `Runtime` promises.
 */
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { CompileError } from '../errors.js';

type Feeds = InferenceSession.FeedsType;
type Fetches = InferenceSession.FetchesType;
type RunOptions = InferenceSession.RunOptions;
type Results = InferenceSession.ReturnType;

export class FillingSession implements InferenceSession {
  readonly #session: InferenceSession;

  constructor(session: InferenceSession) {
    this.#session = session;
  }

  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  get inputMetadata(): readonly InferenceSession.ValueMetadata[] {
    return this.#session.inputMetadata;
  }

  get outputMetadata(): readonly InferenceSession.ValueMetadata[] {
    return this.#session.outputMetadata;
  }

  run(feeds: Feeds, options?: RunOptions): Promise<Results>;
  run(feeds: Feeds, fetches: Fetches, options?: RunOptions): Promise<Results>;
  async run(feeds: Feeds, fetchesOrOptions: Fetches | RunOptions = {}, options: RunOptions = {}): Promise<Results> {
    if (isList(fetchesOrOptions)) return this.#session.run(feeds, fetchesOrOptions, options);
    if (!isMap(fetchesOrOptions, this.outputNames)) return this.#session.run(feeds, fetchesOrOptions);
    const results = await this.#session.run(feeds, Object.keys(fetchesOrOptions), options);
    return Object.fromEntries(
      Object.entries(results).map(([name, result]) => [name, filled(name, fetchesOrOptions[name] ?? result, result)]),
    );
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  startProfiling(): void {
    this.#session.startProfiling();
  }

  endProfiling(): void {
    this.#session.endProfiling();
  }
}

function isList(value: Fetches | RunOptions): value is readonly string[] {
  return Array.isArray(value);
}

/** The second argument of `run` is about outputs or holds options; onnxruntime tells them apart the same way. */
function isMap(
  value: Exclude<Fetches, readonly string[]> | RunOptions,
  outputNames: readonly string[],
): value is Exclude<Fetches, readonly string[]> {
  return outputNames.some((name) => name in value);
}

function filled(name: string, target: Tensor, result: Tensor): Tensor {
  if (target === result) return result;
  const { data: to } = target;
  const { data: from } = result;
  const copied =
    (to instanceof Float32Array && from instanceof Float32Array) ||
    (to instanceof Int32Array && from instanceof Int32Array) ||
    (to instanceof Uint8Array && from instanceof Uint8Array);
  if (!copied || to.length !== from.length) {
    throw new CompileError(
      `run: output "${name}" is ${result.type}[${result.dims.join(', ')}] and does not fit the given buffer.`,
    );
  }
  to.set(from);
  return target;
}
