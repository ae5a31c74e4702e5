/** The acting half computes what the learning half does, one step at a time. */
import { createUpdateStep, type Engine, rmsprop } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { createAgentLoss } from '../learning/agent-loss.js';
import { tensorOf, tensorTree } from '../test-support/tensors.js';
import { tinyLossOptions, tinyParameters, tinyUnroll } from '../test-support/tiny-agent.js';
import { createActor, type Moment } from './actor.js';
import { encode } from './encoder.js';
import { contextualise, decide } from './network.js';

const options = tinyLossOptions();
const parameters = tinyParameters(options);
const { copies, unrollSteps, shape } = options;

/** Step by step, what an unroll holds row by row. */
function momentOf(unroll: ReturnType<typeof tinyUnroll>, step: number): Moment {
  const column = (name: string, width = 1) =>
    Array.from({ length: copies }, (_, copy) => {
      const begin = (copy * unrollSteps + step) * width;
      return Array.from(unroll[name]?.data.subarray(begin, begin + width) ?? []);
    }).flat();
  return {
    observations: Float32Array.from(column('observations', 3)),
    lastRewards: Float32Array.from(column('lastRewards')),
    lastActions: Int32Array.from(column('lastActions')),
    starts: Float32Array.from(column('starts')),
  };
}

async function createParts(engine: Engine) {
  const step = await createUpdateStep({
    ...{ loss: createAgentLoss(options), engine, parameters, optimiser: rmsprop({ learningRate: 0.1, epsilon: 0.1 }) },
  });
  const actor = await createActor({ engine, shape, copies, parameters, current: () => step.state.current });
  return { step, actor, dispose: () => Promise.all([step.dispose(), actor.dispose()]) };
}

/** Logits and values of a whole unroll, from a state of zero. */
function wholeUnroll(unroll: ReturnType<typeof tinyUnroll>) {
  const tree = tensorTree(parameters);
  const input = (name: string) => tensorOf(unroll[name] ?? { shape: [0], data: new Float32Array() });
  const latents = encode(tree, tf.reshape(input('observations'), [copies * unrollSteps, 3]), shape.observation);
  const past = {
    lastRewards: input('lastRewards') as tf.Tensor2D,
    lastActions: input('lastActions') as tf.Tensor2D,
    starts: input('starts') as tf.Tensor2D,
  };
  const zeros = () => tf.zeros<tf.Rank.R2>([copies, shape.contextUnits]);
  const rows: tf.Tensor3D = tf.reshape(latents, [copies, unrollSteps, shape.encoderUnits]);
  const contexts = contextualise(tree, shape, rows, past, { hidden: zeros(), cell: zeros() });
  const { logits, values } = decide(tree, tf.reshape(contexts, [copies * unrollSteps, shape.contextUnits]));
  return { logits: logits.dataSync(), values: values.dataSync() };
}

describe.each(['onnx', 'cpu'] as const)('acting on %s', (name) => {
  const engineRequest = name === 'onnx' ? ({ name, threads: 1 } as const) : ({ name } as const);

  it('gives step by step what the unroll of 6 steps gives at once, over the start of an episode, to 1e-5', async () => {
    const { actor, dispose } = await createParts(await createEngine(engineRequest));
    const unroll = tinyUnroll(options);
    await tf.setBackend('cpu');
    const whole = wholeUnroll(unroll);
    for (let step = 0; step < unrollSteps; step++) {
      const { logits, values } = await actor.act(momentOf(unroll, step));
      for (let copy = 0; copy < copies; copy++) {
        const place = copy * unrollSteps + step;
        expect(values[copy]).toBeCloseTo(whole.values[place] ?? Number.NaN, 5);
        for (let action = 0; action < 3; action++)
          expect(logits[3 * copy + action]).toBeCloseTo(whole.logits[3 * place + action] ?? Number.NaN, 5);
      }
    }
    await dispose();
  });

  it('tells values without moving on: asked 2 times, then acted, all 3 are the same', async () => {
    const { actor, dispose } = await createParts(await createEngine(engineRequest));
    const moment = momentOf(tinyUnroll(options), 0);
    await actor.act(moment);
    const asked = [await actor.valuesOf(moment), await actor.valuesOf(moment)].map((values) => Array.from(values));
    const acted = Array.from((await actor.act(moment)).values);
    expect(asked).toEqual([acted, acted]);
    expect(Array.from((await actor.act(moment)).values)).not.toEqual(acted);
    await dispose();
  });

  it('acts with the parameters of after an update from the next step on', async () => {
    const { step, actor, dispose } = await createParts(await createEngine(engineRequest));
    const unroll = tinyUnroll(options);
    const before = Array.from(await actor.valuesOf(momentOf(unroll, 0)));
    await step.run(unroll, 1);
    expect(Array.from(await actor.valuesOf(momentOf(unroll, 0)))).not.toEqual(before);
    await dispose();
  });

  it('goes on from a loaded state as from where that was read', async () => {
    const { actor, dispose } = await createParts(await createEngine(engineRequest));
    const unroll = tinyUnroll(options);
    await actor.act(momentOf(unroll, 0));
    const kept = structuredClone(actor.state());
    const wanted = Array.from((await actor.act(momentOf(unroll, 1))).values);
    await actor.act(momentOf(unroll, 2));
    actor.load(kept);
    expect(Array.from((await actor.act(momentOf(unroll, 1))).values)).toEqual(wanted);
    await dispose();
  });
});
