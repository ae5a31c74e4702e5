/** Our side of a case that is no training step, in this process. */
import type { Engine } from '@cpc/core';
import type { Contestant, Encoding, OwnSide } from '@cpc/testing';
import * as tf from '@tensorflow/tfjs';
import { peakMemoryBytes } from './memory.js';

export async function ownSideContestant(
  engine: Engine,
  prepare: (engine: Engine) => Promise<OwnSide>,
): Promise<Contestant> {
  const started = performance.now();
  const side = await prepare(engine);
  return {
    ...side,
    name: `@cpc, ${engine.note}`,
    versions: { node: process.versions.node, '@tensorflow/tfjs': tf.version.tfjs },
    prepareMilliseconds: performance.now() - started,
    notes: {},
    peakMemoryBytes: async () => peakMemoryBytes(),
  };
}

/** A trained model in use: a step is one encoding of everything. */
export function encodingContestant(
  engine: Engine,
  prepare: (engine: Engine) => Promise<Encoding>,
): Promise<Contestant> {
  return ownSideContestant(engine, async () => {
    const { encode, dispose } = await prepare(engine);
    const timed = async () => {
      const started = performance.now();
      const gradients = await encode();
      return { milliseconds: performance.now() - started, gradients };
    };
    return {
      check: async () => ({ ...(await timed()), lossNats: 0 }),
      step: async () => ({ milliseconds: (await timed()).milliseconds }),
      dispose,
    };
  });
}
