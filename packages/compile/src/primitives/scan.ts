/**
 * A loop over the first axis, written once.
 *
 * Eager backends run the body step by step; a trace records it once as the body of an ONNX Scan.
 * It has no gradient of its own, and in a trace asking for one is an error: primitives that use it, such as `gru`,
 * bring theirs.
 */

import { CompileError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
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
 * Runs `body` along the first axis of `sequences`. Eager results can be differentiated, traced ones can't: wrap a scan in
 * a primitive for that.
 *
 * @param initial - state before the first step; every step must return the same shapes.
 * @param sequences - tensors `[T, ...]` with T >= 1, the same for all.
 * @returns the final state, and each step's results stacked to `[T, ...]`. The caller owns both.
 * @throws {CompileError} if there is no sequence, lengths differ, or `body` returns another number of states than it was
 *   given, other shapes or types of states, or another number of results at another step; in a trace also if a gradient
 *   through the results is asked for.
 *
 * @example
 * const sums = scan(
 *   ([sum], [now]) => {
 *     const next = tf.add(sum, now);
 *     return { state: [next], results: [next] };
 *   },
 *   [tf.scalar(0)],
 *   [tf.tensor1d([1, 2, 3])],
 * ); // state [6], results [[1, 3, 6]]
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
    requireSameState(initial, made.state);
    requireSameResults(steps[reverse ? length - 1 : 0] ?? made.results, made.results);
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
  let captured: ReadonlySet<tf.Tensor> = new Set();
  try {
    made = body(stateInputs.map(tensorOf), sliceInputs.map(tensorOf));
    requireSameState(initial, made.state);
    bodyOutputs = [...made.state, ...made.results].map(tracedOf);
  } finally {
    captured = traceBackend.leave();
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
  const read = [...initial, ...sequences, ...captured];
  for (const tensor of captured) tracedOf(tensor); // a graph around this one captures it too
  const tensors = outputs.map((output) => withoutGradient(output, read));
  return { state: tensors.slice(0, initial.length), results: tensors.slice(initial.length) };
}

/** A tensor that follows from others in a way that is not differentiated: asking for a gradient throws. */
function withoutGradient(traced: Traced, read: readonly tf.Tensor[]): tf.Tensor {
  const run = tf.customGrad(() => ({
    value: tensorOf(traced),
    gradFunc: () => {
      throw new CompileError(
        'scan: a trace records no gradient of a scan, and so no second derivative of gru and lstm. Define a primitive ' +
          'with a gradient of its own around the scan (definePrimitive), or write the loop in JavaScript.',
      );
    },
  }));
  return run(...read);
}

function requireSameState(before: readonly tf.Tensor[], after: readonly tf.Tensor[]): void {
  if (described(before) === described(after)) return;
  throw new CompileError(
    `scan: expected the body to return state like the initial one, ${described(before)}, received ${described(after)}. ` +
      'Reshape or cast what the body returns, or the initial state.',
  );
}

function requireSameResults(first: readonly tf.Tensor[], now: readonly tf.Tensor[]): void {
  if (described(first) === described(now)) return;
  throw new CompileError(
    `scan: expected the body to return results alike at every step, ${described(first)} as at the first, received ${described(now)}.`,
  );
}

function described(tensors: readonly tf.Tensor[]): string {
  return `(${tensors.map(({ shape, dtype }) => `${dtype}[${shape.join(', ')}]`).join(', ')})`;
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new CompileError(`scan: step ${index} is missing.`);
  return item;
}
