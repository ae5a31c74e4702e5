/** Exported agents compute what the actor does, for numbers of copies that were never traced. */
import { loadOnnx, readOnnx } from '@cpc/compile';
import { nodeRuntime } from '@cpc/compile/node';
import { flatten } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { describe, expect, it } from 'vitest';
import { createActor } from './agent/actor.js';
import type { AgentShape } from './agent/network.js';
import { exportAgent, exportEncoder } from './export-agent.js';
import { tinyLossOptions, tinyParameters, tinyPicture, tinyShape } from './test-support/tiny-agent.js';

const shapes: Readonly<Record<string, AgentShape>> = {
  'of vectors': tinyShape(),
  'of pictures': tinyShape(tinyPicture),
  'without memory': { ...tinyShape(), memory: false },
};

function partsOf(shape: AgentShape) {
  const parameters = tinyParameters(tinyLossOptions({ shape }));
  return { parameters, parts: { shape, actions: ['a', 'b', 'c'], parameters, rewardLimit: 1 } };
}

describe.each(Object.entries(shapes))('an exported agent %s', (_, shape) => {
  it.each([1, 3])(
    'acts for %d copies over 4 steps as the actor does, over the start of an episode, to 1e-5',
    async (copies) => {
      const { parameters, parts } = partsOf(shape);
      const engine = await createEngine({ name: 'onnx', threads: 1 });
      const named = Object.fromEntries(
        Object.entries(flatten(parts.parameters)).map(([path, leaf]) => [`parameters/${path}`, leaf]),
      );
      const actor = await createActor({ engine, shape, copies, parameters, current: () => named });
      const exported = await loadOnnx(exportAgent(parts), { runtime: await nodeRuntime({ threads: 1 }) });
      const size = shape.observation.shape.reduce((product, length) => product * length, 1);
      const zeros = () => ({
        shape: [copies, shape.contextUnits],
        data: new Float32Array(copies * shape.contextUnits),
      });
      let state = { hidden: zeros(), cell: zeros() };
      for (let step = 0; step < 4; step++) {
        const observations = Float32Array.from(
          { length: copies * size },
          (__, index) => 50 * Math.abs(Math.sin(index + step)),
        );
        const starts = Float32Array.from({ length: copies }, (__, copy) =>
          Number(step === 0 || (step === 2 && copy === 0)),
        );
        const moment = {
          ...{ observations, starts },
          lastRewards: new Float32Array(copies).fill(0.5 * step),
          lastActions: new Int32Array(copies).fill(step % 3),
        };
        const { logits, values } = await actor.act(moment);
        const vector = (data: Float32Array | Int32Array) => ({ shape: [copies], data });
        const results = await exported.run({
          observations: { shape: [copies, ...shape.observation.shape], data: observations },
          ...{
            lastRewards: vector(moment.lastRewards),
            lastActions: vector(moment.lastActions),
            starts: vector(starts),
          },
          ...state,
        });
        for (const [index, value] of logits.entries()) expect(results.logits?.data[index]).toBeCloseTo(value, 5);
        for (const [index, value] of values.entries()) expect(results.values?.data[index]).toBeCloseTo(value, 5);
        const next = (name: string) => ({ ...zeros(), data: Float32Array.from(results[name]?.data ?? []) });
        state = { hidden: next('nextHidden'), cell: next('nextCell') };
      }
      await Promise.all([actor.dispose(), exported.dispose()]);
    },
  );

  it('holds an ordinary LSTM, its 3 actions, and no predictors', () => {
    const { operators, metadata } = readOnnx(exportAgent(partsOf(shape).parts));
    expect(operators).toContain('LSTM');
    expect(operators).not.toContain('Scan');
    expect(metadata.actions).toBe('["a","b","c"]');
  });
});

it('an exported encoder gives z of 5 numbers for each of 4 moments', async () => {
  const { parts } = partsOf(tinyShape());
  const encoder = await loadOnnx(exportEncoder(parts), { runtime: await nodeRuntime({ threads: 1 }) });
  const { latents } = await encoder.run({ observations: { shape: [4, 3], data: new Float32Array(12).fill(1) } });
  expect(latents?.shape).toEqual([4, 5]);
  expect(latents?.data.some((value) => value > 0)).toBe(true);
  await encoder.dispose();
});
