/** Our side of a case that is no training step, in this process. */
import type { Engine } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import type { Contestant, OwnSide } from './case.js';
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
