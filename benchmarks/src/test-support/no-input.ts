/** A case's input that holds nothing. */
import type { StepInput } from '@cpc/testing';

/** For sides that do not look at their input. */
export function noInput(): StepInput {
  const domain: StepInput['domain'] = {
    name: 'nothing',
    layout: { sequences: 1, positions: 2, latentSize: 1, contextSize: 1 },
    offsets: [1],
    negatives: { name: 'none', groups: () => 1, candidatesPerGroup: 2, draw: () => new Int32Array(2) },
    initialise: () => ({}),
    batch: {},
    draw: async () => ({}),
    encode: () => {
      throw new Error('not used');
    },
    contextualise: () => {
      throw new Error('not used');
    },
  };
  const optimiser: StepInput['optimiser'] = {
    name: 'none',
    moments: {},
    scalars: () => ({ learningRate: 0 }),
    update: ({ parameter }) => ({ parameter, moments: {} }),
  };
  return { settings: {}, domain, optimiser, clipNorm: 0, parameters: {}, batches: [{}] };
}
