import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { compileGraph } from '../compile.js';
import type { Graph } from '../graph.js';
import { zeros } from '../host-tensor.js';
import { nodeRuntime } from '../node/index.js';
import { applied } from '../test-support/passes.js';
import { type NamedTensors, trace } from '../trace.js';
import { earlyOutputs } from './early-outputs.js';
import { applyPasses, standardPasses } from './index.js';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'early-outputs-test-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const layers = ['layer1', 'layer2', 'layer3', 'layer4'];

/** The gradients of 4 layers, each wider than the one before: a gradient of its kernel is told by its size. */
function backwardPass(): Graph {
  const shapes = layers.map((_, index) => [8 + index, 9 + index]);
  const specs = Object.fromEntries(
    layers.map((name, index) => [name, { shape: shapes[index] ?? [], dtype: 'float32' as const }]),
  );
  return trace(
    ({ x, ...kernels }: NamedTensors) => {
      const loss = (...all: tf.Tensor[]) =>
        tf.sum(
          all.reduce(
            (features, kernel) => tf.tanh(tf.matMul(features as tf.Tensor2D, kernel as tf.Tensor2D)),
            x as tf.Tensor,
          ),
        );
      const gradients = tf.grads(loss)(layers.map((name) => kernels[name] as tf.Tensor));
      return Object.fromEntries(layers.map((name, index) => [`d ${name}`, gradients[index] as tf.Tensor]));
    },
    { x: { shape: [5, 8], dtype: 'float32' }, ...specs },
  );
}

it('keeps results, and puts the gradients of 4 layers behind everything else, the last layer’s at the very end', async () => {
  const after = await applied(earlyOutputs, applyPasses(backwardPass(), standardPasses('export')));
  expect(after.nodes.slice(-4).flatMap(({ outputs }) => outputs)).toEqual(layers.map((name) => `d ${name}`));
});

/** Shapes of what the runtime's products made, in the order in which it computed them. */
async function productsOf(graph: Graph): Promise<string[]> {
  const runtime = await nodeRuntime({ threads: 1, profile: join(folder, 'run') });
  const fn = await compileGraph(graph, { runtime, passes: () => [] });
  await fn.run(Object.fromEntries(Object.entries(fn.inputs).map(([name, spec]) => [name, zeros(spec)])));
  await fn.dispose();
  const [file = ''] = readdirSync(folder);
  const events: Event[] = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const products = events.filter(({ name, args }) => name.endsWith('_kernel_time') && args.op_name?.includes('Gemm'));
  rmSync(join(folder, file));
  return products.map(({ args }) => String(args.output_type_shape?.[0]?.float));
}

/** Of a profile; of nodes, what is asked for here is there. */
interface Event {
  readonly name: string;
  readonly args: { readonly op_name?: string; readonly output_type_shape?: readonly { readonly float?: number[] }[] };
}

it('lets the runtime make a layer’s gradient before it goes on to the layer before, which it does not by itself', async () => {
  const graph = backwardPass();
  const forward = ['5,9', '5,10', '5,11', '5,12'];
  const early = [...forward, ...['11,12', '5,11', '10,11', '5,10', '9,10', '5,9', '8,9']];
  const late = [...forward, ...['5,11', '5,10', '5,9', '8,9', '9,10', '10,11', '11,12']];
  const passes = standardPasses('train');
  expect(await productsOf(applyPasses(graph, passes))).toEqual(early);
  expect(
    await productsOf(
      applyPasses(
        graph,
        passes.filter((pass) => pass !== earlyOutputs),
      ),
    ),
  ).toEqual(late);
});
