/** A session of ONNX Runtime that runs in a way of its own and leaves everything else to another session. */
import type { InferenceSession, Tensor } from 'onnxruntime-common';

type Fetches = InferenceSession.FetchesType;
type RunOptions = InferenceSession.RunOptions;

/** Outputs by name: tensors to write into, or null for a new one. */
export type OutputMap = Readonly<Record<string, Tensor | null>>;

export abstract class WrappedSession implements InferenceSession {
  protected readonly session: InferenceSession;

  constructor(session: InferenceSession) {
    this.session = session;
  }

  get inputNames(): readonly string[] {
    return this.session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.session.outputNames;
  }

  get inputMetadata(): readonly InferenceSession.ValueMetadata[] {
    return this.session.inputMetadata;
  }

  get outputMetadata(): readonly InferenceSession.ValueMetadata[] {
    return this.session.outputMetadata;
  }

  run(feeds: InferenceSession.FeedsType, options?: RunOptions): Promise<InferenceSession.ReturnType>;
  run(feeds: InferenceSession.FeedsType, fetches: Fetches, options?: RunOptions): Promise<InferenceSession.ReturnType>;
  async run(
    feeds: InferenceSession.FeedsType,
    fetchesOrOptions: Fetches | RunOptions = {},
    options: RunOptions = {},
  ): Promise<InferenceSession.ReturnType> {
    if (isList(fetchesOrOptions)) return this.session.run(feeds, fetchesOrOptions, options);
    if (isMap(fetchesOrOptions, this.outputNames)) return this.runInto(feeds, fetchesOrOptions, options);
    return this.session.run(feeds, this.outputNames, fetchesOrOptions);
  }

  release(): Promise<void> {
    return this.session.release();
  }

  startProfiling(): void {
    this.session.startProfiling();
  }

  endProfiling(): void {
    this.session.endProfiling();
  }

  /** A run that is told where its outputs go. */
  protected abstract runInto(
    feeds: InferenceSession.FeedsType,
    outputs: OutputMap,
    options: RunOptions,
  ): Promise<InferenceSession.ReturnType>;
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
