/**
 * What holds for every layer, as tests: call it in the layer's own test file.
 *
 * The oracle is the layer written as plain loops in double precision. Its finite differences are good to 1e-8, so that
 * gradients are held to the same tolerance as values.
 */
import type { HostTensor, NamedHostTensors, NamedTensors, PureFunction } from '@cpc/compile';
import { createRandom, type Engine, normalArray } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

/** Numbers by input name, in row-major order. */
export type LayerNumbers = Readonly<Record<string, ArrayLike<number>>>;

export interface LayerCase {
  readonly name: string;
  /** Parameters and data alike, by name; float32 inputs are differentiated. */
  readonly inputs: NamedHostTensors;
  /** The layer, applied to tensors of these names. */
  readonly apply: (inputs: NamedTensors) => tf.Tensor | readonly tf.Tensor[];
  /** The same as plain loops: all elements of all results, in row-major order. */
  readonly loops: (numbers: LayerNumbers) => ArrayLike<number>;
  /** float32 inputs that have no gradient, such as masks. */
  readonly constants?: readonly string[];
}

/** Contract of a layer: plain loops, finite differences, equal engines, no leaks; each to 1e-5 of the largest value, at least 1. */
export function describeLayer(name: string, cases: readonly LayerCase[]): void {
  for (const given of cases) {
    describe(`${name}, ${given.name}: contract of a layer`, () => {
      const results = { cpu: {} as NamedHostTensors, onnx: {} as NamedHostTensors };
      beforeAll(async () => {
        results.onnx = await resultsOn(await createEngine({ name: 'onnx', threads: 2 }), given);
        results.cpu = await resultsOn(await createEngine({ name: 'cpu' }), given);
      });

      it('agrees with plain loops, to 1e-5', () => {
        const values = Object.entries(results.cpu).filter(([output]) => output.startsWith('value'));
        expectClose(
          'value',
          values.flatMap(([, { data }]) => Array.from(data)),
          given.loops(numbersOf(given)),
        );
      });

      it(`has gradients that finite differences confirm, to 1e-5: ${differentiated(given).join(', ')}`, () => {
        for (const input of differentiated(given))
          expectClose(`gradient of ${input}`, results.cpu[`d ${input}`]?.data ?? [], slopesOf(given, input));
      });

      it('computes the same on engine onnx as on cpu, values and gradients, to 1e-5', () => {
        expect(Object.keys(results.onnx)).toEqual(Object.keys(results.cpu));
        for (const [output, { shape, data }] of Object.entries(results.cpu)) {
          expect(results.onnx[output]?.shape, `shape of ${output}`).toEqual(shape);
          expectClose(output, results.onnx[output]?.data ?? [], data);
        }
      });

      it('leaves nothing behind but its results', async () => {
        await tf.setBackend('cpu');
        const inputs = tensorsOf(given.inputs);
        const before = tf.memory().numTensors;
        const made = listed(given.apply(inputs));
        expect(tf.memory().numTensors).toBe(before + made.length);
        tf.dispose(made);
        tf.dispose(Object.values(inputs));
      });
    });
  }
}

async function resultsOn(engine: Engine, given: LayerCase): Promise<NamedHostTensors> {
  const specs = Object.entries(given.inputs).map(([name, { shape, data }]) => [name, { shape, dtype: typeOf(data) }]);
  const compiled = await engine.compile(withGradients(given), Object.fromEntries(specs));
  try {
    return await compiled.run(given.inputs);
  } finally {
    await compiled.dispose();
  }
}

/** All results, and the gradients of a weighted sum of them: no symmetry hides a misplaced element. */
function withGradients(given: LayerCase): PureFunction {
  const names = differentiated(given);
  return (inputs) => {
    const weighted = (...tensors: tf.Tensor[]): tf.Scalar => {
      const chosen = names.map((name, index) => [name, tensors[index] as tf.Tensor]);
      const results = listed(given.apply({ ...inputs, ...Object.fromEntries(chosen) }));
      const flat = tf.concat(results.map((result) => tf.reshape(result, [-1])));
      return tf.sum<tf.Scalar>(tf.mul(flat, tf.tensor1d(weightsOf(flat.size))));
    };
    const gradients = tf.grads(weighted)(names.map((name) => inputs[name] as tf.Tensor));
    const values = listed(given.apply(inputs)).map((result, index) => [`value ${index}`, result]);
    const derived = names.map((name, index) => [`d ${name}`, gradients[index] as tf.Tensor]);
    return Object.fromEntries([...values, ...derived]);
  };
}

/** Central differences of the plain loops. */
function slopesOf(given: LayerCase, name: string): Float64Array {
  const numbers = numbersOf(given);
  const step = 1e-5;
  const objective = (place: number, change: number) => {
    const moved = Float64Array.from(numbers[name] ?? []);
    moved[place] = (moved[place] ?? 0) + change;
    const results = Array.from(given.loops({ ...numbers, [name]: moved }));
    const weights = weightsOf(results.length);
    return results.reduce((sum, value, index) => sum + value * (weights[index] ?? 0), 0);
  };
  return Float64Array.from(
    { length: numbers[name]?.length ?? 0 },
    (_, place) => (objective(place, step) - objective(place, -step)) / (2 * step),
  );
}

function weightsOf(count: number): Float32Array {
  return normalArray([count], 1, createRandom(1).fold('weights')).data;
}

function differentiated({ inputs, constants = [] }: LayerCase): string[] {
  return Object.keys(inputs).filter((name) => inputs[name]?.data instanceof Float32Array && !constants.includes(name));
}

function numbersOf({ inputs }: LayerCase): LayerNumbers {
  return Object.fromEntries(Object.entries(inputs).map(([name, { data }]) => [name, data]));
}

function expectClose(what: string, received: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(received.length, `elements of ${what}`).toBe(expected.length);
  const wanted = Array.from(expected);
  const scale = Math.max(1, ...wanted.map(Math.abs));
  for (const [index, value] of wanted.entries()) {
    const distance = Math.abs((received[index] ?? Number.NaN) - value);
    if (!(distance <= 1e-5 * scale)) expect(received[index], `${what}[${index}]`).toBe(value);
  }
}

function tensorsOf(inputs: NamedHostTensors): NamedTensors {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape], typeOf(data))]),
  );
}

function typeOf(data: HostTensor['data']): 'float32' | 'int32' | 'bool' {
  return data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'bool';
}

function listed(results: tf.Tensor | readonly tf.Tensor[]): tf.Tensor[] {
  return results instanceof tf.Tensor ? [results] : [...results];
}
