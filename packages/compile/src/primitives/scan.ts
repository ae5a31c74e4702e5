/**
 * A loop over the first axis, written once.
 *
 * Eager backends run the body step by step; a trace records it once as the body of an ONNX Scan.
 * It has no gradient of its own: primitives that use it, such as `gru`, bring theirs.
 */
import * as tf from '@tensorflow/tfjs';
import { CompileError } from '../errors.js';
import type { Traced } from '../graph-builder.js';
import { tensorOf, traceBackend, traceBackendName, tracedOf } from '../trace-backend.js';

/** One step: state before and this step's slices in, state after and this step's results out. */
export type ScanBody = (
  state: tf.Tensor[],
  slices: tf.Tensor[],
) => { readonly state: readonly tf.Tensor[]; readonly results: readonly tf.Tensor[] };

export interface ScanOptions {
  /** Run from the last slice to the first; results keep the order of the sequence. */
  readonly reverse?: boolean;
}

/**
 * Runs `body` along the first axis of `sequences`.
 *
 * @param initial - state before the first step; every step must return the same shapes.
 * @param sequences - tensors `[T, ...]` with T >= 1, the same for all.
 * @returns the final state, and each step's results stacked to `[T, ...]`. The caller owns both.
 * @throws {CompileError} if there is no sequence, or lengths differ.
 */
export function scan(
  body: ScanBody,
  initial: readonly tf.Tensor[],
  sequences: readonly tf.Tensor[],
  options: ScanOptions = {},
): { state: tf.Tensor[]; results: tf.Tensor[] } {
  const lengths = new Set(sequences.map((sequence) => sequence.shape[0]));
  const [length] = lengths;
  if (lengths.size !== 1 || length === undefined || length < 1) {
    throw new CompileError(
      `scan: expected sequences of one common length of at least 1, received lengths [${[...lengths].join(', ')}].`,
    );
  }
  const reverse = options.reverse ?? false;
  return tf.getBackend() === traceBackendName
    ? recordedScan(body, initial, sequences, length, reverse)
    : eagerScan(body, initial, sequences, length, reverse);
}

function eagerScan(
  body: ScanBody,
  initial: readonly tf.Tensor[],
  sequences: readonly tf.Tensor[],
  length: number,
  reverse: boolean,
): { state: tf.Tensor[]; results: tf.Tensor[] } {
  const slices = sequences.map((sequence) => tf.unstack(sequence, 0));
  const steps: (readonly tf.Tensor[])[] = new Array(length);
  let state = [...initial];
  for (let count = 0; count < length; count++) {
    const step = reverse ? length - 1 - count : count;
    const made = body(
      state,
      slices.map((slice) => at(slice, step)),
    );
    state = [...made.state];
    steps[step] = made.results;
  }
  const results = at(steps, 0).map((_, index) =>
    tf.stack(
      steps.map((made) => at(made, index)),
      0,
    ),
  );
  return { state, results };
}

function recordedScan(
  body: ScanBody,
  initial: readonly tf.Tensor[],
  sequences: readonly tf.Tensor[],
  length: number,
  reverse: boolean,
): { state: tf.Tensor[]; results: tf.Tensor[] } {
  const outer = traceBackend.builder;
  const inner = outer.child();
  const initialTraced = initial.map(tracedOf);
  const sequencesTraced = sequences.map(tracedOf);
  const stateInputs = initialTraced.map((value) => inner.anonymousInput(value));
  const sliceInputs = sequencesTraced.map(({ shape, dtype }) => inner.anonymousInput({ shape: shape.slice(1), dtype }));
  traceBackend.enter(inner);
  let made: ReturnType<ScanBody>;
  let bodyOutputs: Traced[];
  try {
    made = body(stateInputs.map(tensorOf), sliceInputs.map(tensorOf));
    bodyOutputs = [...made.state, ...made.results].map(tracedOf);
  } finally {
    traceBackend.leave();
  }
  const graph = inner.finish(bodyOutputs.map((value) => [inner.freshName(), value] as const));
  const direction = reverse ? 1 : 0;
  const outputs = outer.nodes(
    'Scan',
    [...initialTraced, ...sequencesTraced],
    bodyOutputs.map(({ shape, dtype }, index) => ({
      shape: index < initial.length ? shape : [length, ...shape],
      dtype,
    })),
    {
      body: { graph },
      num_scan_inputs: sequences.length,
      scan_input_directions: sequences.map(() => direction),
      scan_output_directions: made.results.map(() => direction),
    },
  );
  const tensors = outputs.map(tensorOf);
  return { state: tensors.slice(0, initial.length), results: tensors.slice(initial.length) };
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new CompileError(`scan: step ${index} is missing.`);
  return item;
}
