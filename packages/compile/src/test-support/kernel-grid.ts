/**
 * Tests for a family of kernels, as a table: every case is computed by TensorFlow.js's cpu backend and by one
 * compiled graph of all cases, value and gradient, and gradients are held against finite differences.
 */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { HostTensor, NamedHostTensors } from '../host-tensor.js';
import type { NamedTensors, PureFunction } from '../trace.js';
import { compiled, eagerly, largestDifference, scaleOf, tensorsOf, values } from './compare.js';

/** One operation on given inputs. */
export interface KernelCase {
  readonly name: string;
  readonly fn: (...inputs: tf.Tensor[]) => tf.Tensor | readonly tf.Tensor[];
  readonly inputs: readonly HostTensor[];
  /** Which inputs to differentiate by; default: those of float32. */
  readonly gradients?: readonly number[];
  /** False where TensorFlow.js's gradient is not the derivative, as at steps; default true. */
  readonly finiteDifferences?: boolean;
}

export interface GridOptions {
  /** Largest difference, relative to the case's largest value (at least 1). Default 1e-5. */
  readonly tolerance?: number;
}

/** Names the family's tests and runs them. */
export function describeKernels(family: string, cases: readonly KernelCase[], options: GridOptions = {}): void {
  const tolerance = options.tolerance ?? 1e-5;
  const differentiable = cases.filter((given) => differentiated(given).length > 0);
  const confirmed = differentiable.filter((given) => given.finiteDifferences !== false);
  describe(family, () => {
    let results: Promise<NamedHostTensors> | undefined;
    const compiledResults = () => (results ??= runCompiled(cases));

    it(`equals TensorFlow.js in ${cases.length} cases (${differentiable.length} with gradients), to ${tolerance}`, async () => {
      const expected = await eagerly(together(cases), inputsOf(cases));
      const received = await compiledResults();
      expect(Object.keys(received)).toEqual(Object.keys(expected));
      const wrong = Object.entries(expected).flatMap(([name, value]) =>
        complaint(name, value, received[name], tolerance),
      );
      expect(wrong).toEqual([]);
    });

    if (confirmed.length === 0) return;
    it(`has gradients that finite differences confirm in ${confirmed.length} cases, to 3e-3`, async () => {
      const received = await compiledResults();
      const wrong = confirmed.flatMap((given) =>
        differentiated(given).flatMap((index) => {
          const name = gradientName(given, index);
          return complaint(name, finiteDifferences(given, index), received[name], 3e-3);
        }),
      );
      expect(wrong).toEqual([]);
    });
  });
}

function complaint(name: string, expected: HostTensor, received: HostTensor | undefined, tolerance: number): string[] {
  const sameType = received?.data.constructor === expected.data.constructor;
  const sameShape = received?.shape.join() === expected.shape.join();
  if (sameType && sameShape && largestDifference(expected, received) <= tolerance * scaleOf(expected)) return [];
  return [`${name}: expected ${shown(expected)}, received ${shown(received)}`];
}

function shown(tensor: HostTensor | undefined): string {
  if (tensor === undefined) return 'nothing';
  const type = tensor.data.constructor.name.replace('Array', '');
  return `${type}[${tensor.shape.join(', ')}] ${Array.from(tensor.data.slice(0, 12)).join(' ')}`;
}

/** Compiles all cases as one graph; where that fails, each alone, to name the ones at fault. */
async function runCompiled(cases: readonly KernelCase[]): Promise<NamedHostTensors> {
  try {
    return await compiled(together(cases), inputsOf(cases));
  } catch (error) {
    const reasons: string[] = [];
    for (const given of cases) {
      await compiled(together([given]), inputsOf([given])).catch((reason: Error) =>
        reasons.push(`${given.name}: ${reason.message}`),
      );
    }
    throw reasons.length === 0 ? error : new Error(reasons.join('\n'));
  }
}

/** All cases as one function; inputs and outputs carry the case's name. */
function together(cases: readonly KernelCase[]): PureFunction {
  return (inputs) => Object.assign({}, ...cases.map((given) => resultsOf(given, inputs)));
}

function resultsOf(given: KernelCase, inputs: NamedTensors): Record<string, tf.Tensor> {
  const tensors = given.inputs.map((_, index) => at(inputs, inputName(given, index)));
  const results = listed(given.fn(...tensors));
  const named = results.map((result, index) => [results.length > 1 ? `${given.name} #${index}` : given.name, result]);
  const indices = differentiated(given);
  if (indices.length === 0) return Object.fromEntries(named);
  const weighted = (...chosen: tf.Tensor[]) =>
    weightedSum(given.fn(...tensors.map((tensor, index) => chosen[indices.indexOf(index)] ?? tensor)));
  const gradients = tf.grads(weighted)(indices.map((index) => tensors[index] ?? tf.scalar(0)));
  const derived = gradients.map((gradient, order) => [gradientName(given, indices[order] ?? 0), gradient]);
  return Object.fromEntries([...named, ...derived]);
}

/** A sum with fixed weights of all float32 results: no symmetry hides a misplaced element. */
function weightedSum(results: tf.Tensor | readonly tf.Tensor[]): tf.Scalar {
  return listed(results)
    .filter((result) => result.dtype === 'float32')
    .map((result, index) => tf.sum<tf.Scalar>(tf.mul(result, constant(values(result.shape, 11 * index)))))
    .reduce((sum, term) => tf.add(sum, term));
}

function constant({ data, shape }: HostTensor): tf.Tensor {
  return tf.tensor(data, [...shape]);
}

/** Central differences in float32; the step balances rounding against curvature. */
function finiteDifferences(given: KernelCase, index: number): HostTensor {
  const step = 2 ** -7;
  const { shape, data } = at(Object.fromEntries(given.inputs.entries()), index);
  const evaluate = (element: number, change: number) =>
    tf.tidy(() => {
      const moved = Float32Array.from(data);
      moved[element] = (moved[element] ?? 0) + change;
      const inputs = given.inputs.map((tensor, other) => (other === index ? { shape, data: moved } : tensor));
      const tensors = Object.values(tensorsOf(Object.fromEntries(inputs.entries())));
      return weightedSum(given.fn(...tensors)).dataSync()[0] ?? Number.NaN;
    });
  const slopes = Float32Array.from(
    data,
    (_, element) => (evaluate(element, step) - evaluate(element, -step)) / (2 * step),
  );
  return { shape, data: slopes };
}

function inputsOf(cases: readonly KernelCase[]): NamedHostTensors {
  return Object.fromEntries(
    cases.flatMap((given) => given.inputs.map((tensor, index) => [inputName(given, index), tensor] as const)),
  );
}

function differentiated({ inputs, gradients }: KernelCase): readonly number[] {
  return gradients ?? inputs.flatMap(({ data }, index) => (data instanceof Float32Array ? [index] : []));
}

function inputName(given: KernelCase, index: number): string {
  return `${given.name} < ${index}`;
}

function gradientName(given: KernelCase, index: number): string {
  return `${given.name} d${index}`;
}

function listed(results: tf.Tensor | readonly tf.Tensor[]): readonly tf.Tensor[] {
  return results instanceof tf.Tensor ? [results] : results;
}

function at<Item>(items: Readonly<Record<string | number, Item>>, key: string | number): Item {
  const item = items[key];
  if (item === undefined) throw new Error(`kernel grid: nothing at ${key}`);
  return item;
}
