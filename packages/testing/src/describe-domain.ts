/**
 * What holds for every domain, as tests: call it in the domain's own test file.
 */
import { deadCode, lowerPrimitives, type NamedHostTensors, type Pass, type Purpose } from '@cpc/compile';
import { nodeRuntime } from '@cpc/compile/node';
import {
  adam,
  batchOf,
  createMemoryCheckpointStore,
  createRandom,
  createTrainingStep,
  type Domain,
  type Engine,
  flatten,
  type HostArray,
  initialiseModel,
  onnxEngine,
  train,
  unflatten,
} from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { largestRelativeDifference } from './compare.js';

export interface DescribeDomainOptions {
  /** Small enough that one step on the plain JavaScript backend takes seconds. */
  readonly create: () => Domain | Promise<Domain>;
  /** Largest relative difference between engines, by gradient; default 1e-4. */
  readonly tolerance?: number;
}

/** Contract of a domain: shapes, causality, equal engines, no passes that change the course of training, determinism, exact resume, no leaks. */
export function describeDomain(name: string, { create, tolerance = 1e-4 }: DescribeDomainOptions): void {
  describe(`${name}: contract of a domain`, () => {
    it('gives latents [S, T, D] and contexts [S, T, H] as its layout says, and leaves only those behind', async () => {
      const domain = await create();
      const { sequences, positions, latentSize, contextSize } = domain.layout;
      await tf.setBackend('cpu');
      const { parameters, batch } = await tensorsOf(domain);
      const before = tf.memory().numTensors;
      const latents = domain.encode(parameters, batch);
      const contexts = domain.contextualise(parameters, latents, batch);
      expect(latents.shape).toEqual([sequences, positions, latentSize]);
      expect(contexts.shape).toEqual([sequences, positions, contextSize]);
      expect(tf.memory().numTensors).toBe(before + 2);
    });

    it('is causal: changing the last latent changes no context before it', async () => {
      const domain = await create();
      const { positions } = domain.layout;
      await tf.setBackend('cpu');
      const { parameters, batch } = await tensorsOf(domain);
      const latents = domain.encode(parameters, batch);
      const [, length, width] = latents.shape;
      const lastOnly = tf.tensor3d(
        Float32Array.from({ length: length * width }, (_, index) => (index >= (length - 1) * width ? 1 : 0)),
        [1, length, width],
      );
      const original = domain.contextualise(parameters, latents, batch);
      const changed = domain.contextualise(parameters, tf.add(latents, lastOnly), batch);
      const difference = (from: number, count: number) =>
        tf
          .max(
            tf.abs(
              tf.sub(
                tf.slice(original, [0, from, 0], [-1, count, -1]),
                tf.slice(changed, [0, from, 0], [-1, count, -1]),
              ),
            ),
          )
          .dataSync()[0];
      expect(difference(0, positions - 1)).toBe(0);
      expect(difference(positions - 1, 1)).toBeGreaterThan(0);
    });

    it(`computes one step alike on cpu and onnx: loss and every gradient within ${tolerance} relative`, async () => {
      const domain = await create();
      const oracle = await firstGradients(domain, await createEngine({ name: 'cpu' }));
      const compiled = await firstGradients(domain, await createEngine({ name: 'onnx', threads: 2 }));
      expect(largestRelativeDifference(oracle.metrics, compiled.metrics)).toBeLessThan(tolerance);
      expect(Object.keys(oracle.gradients).sort()).toEqual(
        Object.keys(flatten(initialiseModel(domain, createRandom(1)))).sort(),
      );
      for (const [path, gradient] of Object.entries(oracle.gradients)) {
        expect(
          gradient.data.some((value) => value !== 0),
          `gradient of ${path} is not all zero`,
        ).toBe(true);
        expect(largestRelativeDifference({ [path]: gradient }, pick(compiled.gradients, path)), path).toBeLessThan(
          tolerance,
        );
      }
    });

    it('has the losses of 8 updates without the compiler’s passes, within 1e-5 relative', async () => {
      const optimised = await lossesOf(await create(), onnxEngine(await nodeRuntime({ threads: 2 })));
      const plain = await lossesOf(await create(), onnxEngine(await nodeRuntime({ threads: 2 }), withoutPasses));
      expect(new Set(plain).size).toBe(8);
      for (const [index, loss] of plain.entries()) {
        expect(Math.abs((optimised[index] ?? Number.NaN) / loss - 1), `update ${index + 1}`).toBeLessThan(1e-5);
      }
    });

    it('draws the same batch from the same stream, and another one from another', async () => {
      const domain = await create();
      const first = await batchOf(domain, createRandom(3), 7);
      expect(largestRelativeDifference(first, await batchOf(await create(), createRandom(3), 7))).toBe(0);
      expect(largestRelativeDifference(first, await batchOf(domain, createRandom(3), 8))).toBeGreaterThan(0);
    });

    it('ends with the same bytes whether it trains 4 steps at once or 2 and 2', async () => {
      const whole = await trained(create, [4]);
      const halves = await trained(create, [2, 4]);
      expect(Object.keys(whole).length).toBeGreaterThan(0);
      for (const [path, { data }] of Object.entries(whole)) expect(halves[path]?.data, path).toEqual(data);
    });
  });
}

async function tensorsOf(domain: Domain) {
  const random = createRandom(1);
  const asTensor = ({
    shape,
    data,
  }: {
    readonly shape: readonly number[];
    readonly data: NamedHostTensors[string]['data'];
  }) =>
    tf.tensor(
      data,
      [...shape],
      data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'bool',
    );
  const parameters = Object.entries(flatten(initialiseModel(domain, random))).map(
    ([path, leaf]) => [path, asTensor(leaf)] as const,
  );
  const batch = Object.entries(await batchOf(domain, random, 1)).map(([name, leaf]) => [name, asTensor(leaf)] as const);
  return { parameters: unflatten(Object.fromEntries(parameters)), batch: Object.fromEntries(batch) };
}

async function firstGradients(domain: Domain, engine: Engine) {
  const random = createRandom(1);
  const step = await createTrainingStep({
    domain,
    engine,
    optimiser: adam({ learningRate: 1e-3 }),
    parameters: initialiseModel(domain, random),
  });
  const result = await step.gradients(await batchOf(domain, random, 1));
  await step.dispose();
  return result;
}

/** Only what a graph needs to be executed at all. */
function withoutPasses(purpose: Purpose): Pass[] {
  return [deadCode, lowerPrimitives(purpose), deadCode];
}

async function lossesOf(domain: Domain, engine: Engine): Promise<number[]> {
  const losses: number[] = [];
  const checkpoints = createMemoryCheckpointStore();
  const optimiser = adam({ learningRate: 1e-3 });
  for await (const event of train({ domain, engine, optimiser, seed: 5, steps: 8, checkpoints })) {
    if (event.type === 'step-end') losses.push(event.lossNats);
  }
  return losses;
}

function pick(tensors: NamedHostTensors, name: string): NamedHostTensors {
  const tensor = tensors[name];
  return tensor === undefined ? {} : { [name]: tensor };
}

/** Parameters and moments after training until each of the given steps, a new sitting every time. */
async function trained(
  create: DescribeDomainOptions['create'],
  until: readonly number[],
): Promise<Readonly<Record<string, HostArray>>> {
  const checkpoints = createMemoryCheckpointStore();
  for (const steps of until) {
    const engine = await createEngine({ name: 'onnx', threads: 2 });
    for await (const _ of train({
      domain: await create(),
      engine,
      optimiser: adam({ learningRate: 1e-3 }),
      seed: 5,
      steps,
      checkpoints,
    }));
  }
  return (await checkpoints.latest())?.tensors ?? {};
}
