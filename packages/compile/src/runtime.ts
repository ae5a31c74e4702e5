/** The one thing a platform must offer: sessions that run ONNX files. */
import type { InferenceSession, Tensor } from 'onnxruntime-common';

export interface Runtime {
  /** For messages and run records, such as `onnxruntime-node 1.30.0`. */
  readonly name: string;
  /** Execution providers in order of preference, such as `['cpu']`. */
  readonly providers: readonly string[];
  /** Threads one session computes with. */
  readonly threads: number;
  /** @param use - how it will be run: `given-outputs` where each run names a tensor for every output it asks for. */
  readonly createSession: (model: Uint8Array, use?: 'given-outputs') => Promise<InferenceSession>;
  readonly createTensor: (
    type: 'float32' | 'int32' | 'bool',
    data: Float32Array | Int32Array | Uint8Array,
    shape: readonly number[],
  ) => Tensor;
}
