/** Tests for one pass on one graph: what it writes, that it spares its argument, and that results stay. */
import { expect } from 'vitest';
import { compileGraph } from '../compile.js';
import type { Graph } from '../graph.js';
import type { HostTensor, NamedHostTensors } from '../host-tensor.js';
import { nodeRuntime } from '../node/index.js';
import type { Pass } from '../passes/support/pass.js';
import { toText } from '../text.js';
import { largestDifference, scaleOf, values } from './compare.js';

/** The graph after the pass; it gives the same results, to 1e-6, for reproducible inputs. */
export async function applied(pass: Pass, graph: Graph): Promise<Graph> {
  const before = snapshot(graph);
  const after = pass.apply(graph);
  expect(snapshot(graph), `${pass.name} changed its argument`).toEqual(before);
  const feeds = feedsFor(graph);
  const expected = await results(graph, feeds);
  const received = await results(after, feeds);
  expect(Object.keys(received)).toEqual(Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) {
    expect(received[name]?.shape, `shape of ${name}`).toEqual(value.shape);
    expect(largestDifference(value, received[name]), name).toBeLessThanOrEqual(1e-6 * scaleOf(value));
  }
  return after;
}

/** The lines of a graph's text, to compare with a list. */
export function linesOf(graph: Graph): string[] {
  return toText(graph).split('\n');
}

/** How many nodes of an operator a graph has, bodies not counted. */
export function countOf(graph: Graph, op: string): number {
  return graph.nodes.filter((node) => node.op === op).length;
}

function snapshot(graph: Graph): unknown {
  const constants = [...graph.constants].map(([name, { data, shape }]) => [
    name,
    [...shape],
    Array.from<number | bigint, string>(data, String),
  ]);
  return structuredClone({ text: toText(graph), constants, values: [...graph.values] });
}

async function results(graph: Graph, feeds: NamedHostTensors): Promise<NamedHostTensors> {
  const run = await compileGraph(graph, { runtime: await nodeRuntime({ threads: 1 }), passes: () => [] });
  try {
    return await run.run(feeds);
  } finally {
    await run.dispose();
  }
}

function feedsFor(graph: Graph): NamedHostTensors {
  return Object.fromEntries(
    graph.inputs.map(({ name, shape, dtype }, index): [string, HostTensor] => {
      const { data } = values(shape.map(Number), 13 * index);
      return [name, { shape: shape.map(Number), data: dtype === 'int32' ? Int32Array.from(data, (v) => 9 * v) : data }];
    }),
  );
}
