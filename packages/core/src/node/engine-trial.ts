/**
 * Tries one engine by computing with it: a product of two small matrices with a known result, and, if asked for, how fast
 * it is. Runs in a process of its own, started by `doctor.ts`: a native library that fails may take its process along.
 */

import { CpcError, createRandom } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import type { Engine } from '../engines/engine.js';
import { conv1d, initialiseConv1d } from '../layers/conv1d.js';
import { normalArray } from '../layers/initialisers.js';
import { float32Specs, type HostArray } from '../parameter-tree.js';
import { createEngine, type EngineRequest } from './engines.js';
import { loadTensorflow, tensorflowPackages } from './tensorflow.js';

/** How fast an engine is at the two things that training spends its time on. */
export interface EngineMeasurement {
  /** Rows and columns of the two square float32 matrices that are multiplied. */
  readonly matrixSize: number;
  /** Thousand millions of float operations per second; a product of size n counts as 2 n^3. Median. */
  readonly matrixGigaflops: number;
  /** Loss, gradients and update of two strided convolutions over `[4, 1024, 16]`. Median. */
  readonly convolutionStepMilliseconds: number;
}

/** An engine that works. */
export interface EngineTrial {
  readonly provider: string;
  readonly threads?: number | undefined;
  /** What was started, in one line. */
  readonly note: string;
  /** From nothing to the first result. */
  readonly startMilliseconds: number;
  readonly measured?: EngineMeasurement | undefined;
  /** Why installed TensorFlow packages that were tried first do not load, by name; only for the engine `tensorflow`. */
  readonly unloadable?: Readonly<Record<string, string>> | undefined;
}

export interface EngineTrialOptions {
  /** Also measure speed: up to 3 seconds for each of two tasks, or one round of each where that takes longer. */
  readonly measure?: boolean;
}

const secondsPerMeasurement = 3;
/** Rounds whose times are kept; the first one warms up and is left out. */
const mostRounds = 25;

/**
 * Starts an engine and computes with it.
 *
 * @throws {CpcError} or CompileError, with the reason, if it does not start or computes something wrong.
 *
 * @example
 * const { note } = await tryEngine({ name: 'onnx', provider: 'cpu' });
 */
export async function tryEngine(
  request: EngineRequest,
  { measure = false }: EngineTrialOptions = {},
): Promise<EngineTrial> {
  const begun = performance.now();
  const engine = await createEngine(request);
  await multiplySmall(engine);
  return {
    provider: engine.provider,
    threads: engine.threads,
    note: engine.note,
    startMilliseconds: performance.now() - begun,
    ...(measure ? { measured: await measureEngine(engine) } : {}),
    ...(request.name === 'tensorflow' ? { unloadable: await unloadablePackages() } : {}),
  };
}

/** [[1, 2], [3, 4]] x [[5, 6], [7, 8]] = [[19, 22], [43, 50]]. */
async function multiplySmall(engine: Engine): Promise<void> {
  const shape = [2, 2];
  const multiply = await engine.compile(product, {
    a: { shape, dtype: 'float32' },
    b: { shape, dtype: 'float32' },
  });
  const { c } = await multiply.run({
    a: { shape, data: Float32Array.of(1, 2, 3, 4) },
    b: { shape, data: Float32Array.of(5, 6, 7, 8) },
  });
  await multiply.dispose();
  const received = Array.from(c?.data ?? []).join(', ');
  if (received !== '19, 22, 43, 50')
    throw new CpcError({ where: `engine ${engine.name}`, expected: 'the product 19, 22, 43, 50', received });
}

async function measureEngine(engine: Engine): Promise<EngineMeasurement> {
  const matrixSize = engine.name === 'cpu' ? 256 : 1024; // plain JavaScript is some hundred times slower
  return {
    matrixSize,
    matrixGigaflops: await measureProduct(engine, matrixSize),
    convolutionStepMilliseconds: await measureConvolutionStep(engine),
  };
}

async function measureProduct(engine: Engine, size: number): Promise<number> {
  const shape = [size, size];
  const random = createRandom(1);
  const multiply = await engine.compile(product, { a: { shape, dtype: 'float32' }, b: { shape, dtype: 'float32' } });
  const feeds = { a: normalArray(shape, 1, random.fold('a')), b: normalArray(shape, 1, random.fold('b')) };
  const milliseconds = await medianMilliseconds(() => multiply.run(feeds));
  await multiply.dispose();
  return (2 * size ** 3) / (milliseconds * 1e6);
}

const inputShape = [4, 1024, 16];
const learningRate = 1e-3;

async function measureConvolutionStep(engine: Engine): Promise<number> {
  const random = createRandom(1);
  const first = initialiseConv1d({ kernelLength: 8, inputs: 16, outputs: 32 }, random.fold('first'));
  const second = initialiseConv1d({ kernelLength: 8, inputs: 32, outputs: 32 }, random.fold('second'));
  const feeds: Record<string, HostArray> = {
    input: normalArray(inputShape, 1, random.fold('input')),
    firstKernel: first.kernel,
    firstBias: first.bias,
    secondKernel: second.kernel,
    secondBias: second.bias,
  };
  const step = await engine.compile(convolutionStep, float32Specs(feeds));
  const milliseconds = await medianMilliseconds(() => step.run(feeds));
  await step.dispose();
  return milliseconds;
}

function product({ a, b }: Readonly<Record<string, tf.Tensor>>): Record<string, tf.Tensor> {
  return { c: tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D) };
}

/** Makes two layers' outputs smaller: nothing worth learning, at the cost of what is. */
function convolutionStep({
  input,
  ...parameters
}: Readonly<Record<string, tf.Tensor>>): Readonly<Record<string, tf.Tensor>> {
  const options = { stride: 4, padBefore: 2, padAfter: 2 };
  const loss = (...tensors: tf.Tensor[]): tf.Scalar => {
    const [firstKernel, firstBias, secondKernel, secondBias] = tensors as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const hidden = conv1d({ kernel: firstKernel, bias: firstBias }, input as tf.Tensor3D, options); // [4, 256, 32]
    const outputs = conv1d({ kernel: secondKernel, bias: secondBias }, tf.relu(hidden), options); // [4, 64, 32]
    return tf.mean<tf.Scalar>(tf.square(outputs)); // []
  };
  const names = ['firstKernel', 'firstBias', 'secondKernel', 'secondBias'];
  const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => parameters[name] as tf.Tensor));
  const updated = names.map((name, index) => [
    `next/${name}`,
    tf.sub(parameters[name] as tf.Tensor, tf.mul(grads[index] as tf.Tensor, learningRate)),
  ]);
  return { loss: value, ...Object.fromEntries(updated) };
}

/** After one warm-up round: as many rounds as fit the time, at least one. */
async function medianMilliseconds(round: () => Promise<unknown>): Promise<number> {
  await round();
  const end = performance.now() + secondsPerMeasurement * 1000;
  const times: number[] = [];
  do {
    const begun = performance.now();
    await round();
    times.push(performance.now() - begun);
  } while (performance.now() < end && times.length < mostRounds);
  times.sort((one, other) => one - other);
  return times[Math.floor(times.length / 2)] ?? Number.NaN;
}

/** The packages before the one that was taken: those did not load. */
async function unloadablePackages(): Promise<Record<string, string>> {
  const found = await loadTensorflow();
  if (!found.loaded) return {};
  const order: readonly string[] = tensorflowPackages;
  const before = order.slice(0, order.indexOf(found.name));
  const reasons: Record<string, string> = {};
  for (const name of before) {
    await import(name).catch((error: unknown) => {
      reasons[name] = error instanceof Error ? error.message : String(error);
    });
  }
  return reasons;
}
