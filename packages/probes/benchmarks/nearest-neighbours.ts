/** Classes of frames by the vote of their neighbours: a tenth of the frames ask all the others. */

import type { HostArray } from '@cpc/core';
import type { BenchmarkCase, CaseInput } from '@cpc/testing';
import { fitNearestNeighbours, neighbourScores } from '../src/classifiers/nearest-neighbours.js';
import { gatherRows, type LabelledExamples } from '../src/examples/examples.js';
import { drawFrames, frameSizes } from './frames.js';

export interface VoteInput extends CaseInput {
  readonly known: LabelledExamples;
  readonly asked: HostArray;
}

export const nearestNeighbours: BenchmarkCase<VoteInput> = {
  name: 'nearest-neighbours',
  summary: '200 neighbours each of 10,000 frames among 90,000 others: 41 classes, 256 features (preset paper)',
  timed: true,
  prepare: async ({ preset }) => {
    const { features, labels, classes } = drawFrames(frameSizes('bench nearest-neighbours', preset));
    const rows = [...labels.keys()];
    const cut = Math.floor(rows.length / 10);
    const known = { features: gatherRows(features, rows.slice(cut)), labels: labels.slice(cut), classes };
    return { settings: {}, parameters: {}, batches: [], known, asked: gatherRows(features, rows.slice(0, cut)) };
  },
  ours: ({ known, asked }, tools) =>
    tools.ownSide('onnx', async (engine) => ({
      step: async () => {
        const started = performance.now();
        await neighbourScores(fitNearestNeighbours(known), asked, engine);
        return { milliseconds: performance.now() - started };
      },
      dispose: async () => undefined,
    })),
};
