import {
  batchOf,
  countParameters,
  createRandom,
  createTrainingStep,
  evaluate,
  flatten,
  type HostArray,
  initialiseModel,
  mapTree,
  type Tree,
  unflatten,
} from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { describeDomain } from '@cpc/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { packSentences } from './data/packed-sentences.js';
import { padSentences } from './data/padded-sentences.js';
import { createMemoryCorpus } from './data/sentence-corpus.js';
import { encodePackedSentences, encodeSentences, initialiseTextModel, wordsBeyond } from './model.js';
import { paperPreset, smallPreset } from './presets.js';
import { createTextDomain } from './text-domain.js';
import { textOptimiser } from './text-optimiser.js';

beforeAll(() => tf.setBackend('cpu'));

const tiny = {
  ...smallPreset,
  ...{ vocabularySize: 12, embeddingSize: 5, channels: 6, contextUnits: 4, sentencesPerExample: 5, maxWords: 6 },
  ...{ batchSize: 3, negativeCount: 8 },
};

/** 40 sentences of 1 to 7 words out of 12. */
function sentences(): Int32Array[] {
  const random = createRandom(2);
  return Array.from({ length: 40 }, () => Int32Array.from({ length: 1 + random.integer(7) }, () => random.integer(12)));
}

describeDomain('text', { create: () => createTextDomain(createMemoryCorpus('numbers', [sentences()]), tiny) });

function tensors(tree: Tree<HostArray>): Tree<tf.Tensor> {
  return mapTree(tree, ({ shape, data }) => tf.tensor(data, [...shape]));
}

describe('the paper preset', () => {
  it('has 12.4 M parameters in words, 4.5 M in the convolution, 34.6 M in the GRU', () => {
    const { encoder, context } = initialiseTextModel({ ...paperPreset, vocabularySize: 2 }, createRandom(1));
    expect(countParameters({ encoder: encoder ?? {} })).toBe(2 * 620 + 3 * 620 * 2400 + 2400);
    expect(countParameters({ context: context ?? {} })).toBe(3 * 2400 * (2400 + 2400 + 2));
    expect(20_000 * paperPreset.embeddingSize).toBe(12_400_000);
  });
});

describe('encodeSentences', () => {
  const parameters = initialiseTextModel(tiny, createRandom(4));
  const encoded = (words: readonly number[], mask: readonly number[]) =>
    tf.tidy(() => {
      const shape: [number, number] = [1, words.length];
      const vectors = encodeSentences(
        tensors(parameters),
        tf.tensor2d([...words], shape, 'int32'),
        tf.tensor2d([...mask], shape),
      );
      return vectors.dataSync() as Float32Array;
    });

  it('is the mean over words of ReLU of the convolution, written as plain loops, to 1e-6', () => {
    const leaf = (path: string) => flatten(parameters)[path]?.data ?? new Float32Array(0);
    const [table, kernel, bias] = ['words/table', 'convolution/kernel', 'convolution/bias'].map((name) =>
      leaf(`encoder/${name}`),
    );
    const words = [3, 7, 1, 9];
    const means = Array.from({ length: 6 }, (_, channel) => {
      let total = 0;
      for (const [at] of words.entries()) {
        let sum = bias?.[channel] ?? 0;
        for (const tap of [0, 1, 2]) {
          const word = words[at + tap - 1];
          if (word === undefined) continue;
          for (let entry = 0; entry < 5; entry++)
            sum += (table?.[word * 5 + entry] ?? 0) * (kernel?.[(tap * 5 + entry) * 6 + channel] ?? 0);
        }
        total += Math.max(0, sum);
      }
      return total / words.length;
    });
    for (const [channel, value] of encoded(words, [1, 1, 1, 1]).entries())
      expect(Math.abs(value - (means[channel] ?? Number.NaN))).toBeLessThan(1e-6);
  });

  it('is the same to the last bit whatever stands behind the end, and with 4 places more', () => {
    const plain = encoded([3, 7, 1, 0, 0], [1, 1, 1, 0, 0]);
    expect(encoded([3, 7, 1, 5, 11], [1, 1, 1, 0, 0])).toEqual(plain);
    const longer = encoded([3, 7, 1, 0, 0, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0, 0, 0]);
    for (const [channel, value] of longer.entries()) expect(value).toBeCloseTo(plain[channel] ?? Number.NaN, 6);
  });

  it('with 2 places of padding is what it is without any, to 6 digits: they take no part in the mean, nor what they see of words', () => {
    const padded = encoded([3, 7, 1, 0, 0], [1, 1, 1, 0, 0]);
    for (const [channel, value] of encoded([3, 7, 1], [1, 1, 1]).entries())
      expect(padded[channel]).toBeCloseTo(value, 6);
  });

  it('leaves 1 tensor behind', () => {
    const tree = tensors(parameters);
    const [words, mask] = [tf.zeros<tf.Rank.R2>([2, 3], 'int32'), tf.ones<tf.Rank.R2>([2, 3])];
    const before = tf.memory().numTensors;
    encodeSentences(tree, words, mask);
    expect(tf.memory().numTensors).toBe(before + 1);
  });
});

describe.each([1, 3, 5])('encodePackedSentences with a convolution over %i words', (kernelWords) => {
  const model = { ...tiny, kernelWords };
  const parameters = flatten(initialiseTextModel(model, createRandom(4)));
  const [rows, given] = [2, sentences().slice(0, 12)];
  const layout = { sentences: given.length, rows, maxWords: tiny.maxWords, gap: wordsBeyond(kernelWords) };
  const { places, ...packed } = packSentences(given, layout);
  const padded = padSentences(given, tiny.maxWords);
  const [words, shares] = [
    tf.tensor2d(packed.words, [rows, places], 'int32'),
    tf.tensor3d(packed.shares, [rows, given.length / rows, places]),
  ];
  const paths = Object.keys(parameters).filter((path) => path.startsWith('encoder/'));
  const leaves = () =>
    paths.map((path) => tf.tensor(parameters[path]?.data ?? [], [...(parameters[path]?.shape ?? [])]));
  const treeOf = (given: readonly tf.Tensor[]): Tree<tf.Tensor> =>
    unflatten(Object.fromEntries(paths.map((path, index) => [path, given[index] as tf.Tensor])));
  const together = (tree: Tree<tf.Tensor>) =>
    tf.gather<tf.Tensor2D>(
      tf.reshape(encodePackedSentences(tree, words, shares), [given.length, tiny.channels]),
      tf.tensor1d(packed.slots, 'int32'),
    );
  const apart = (tree: Tree<tf.Tensor>) => {
    const shape: [number, number] = [given.length, tiny.maxWords];
    return encodeSentences(tree, tf.tensor2d(padded.words, shape, 'int32'), tf.tensor2d(padded.mask, shape));
  };

  it('is encodeSentences of each of 12 sentences in 2 rows, to 1e-5, and leaves 1 tensor behind', () => {
    const tree = treeOf(leaves());
    const before = tf.memory().numTensors;
    const found = encodePackedSentences(tree, words, shares);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(found.shape).toEqual([rows, given.length / rows, tiny.channels]);
    expect(largest(tf.sub(together(tree), apart(tree)))).toBeLessThan(1e-5);
  });

  it('has the gradients of words, kernel and bias that encodeSentences has, to 1e-5', () => {
    const upstream = tf.randomNormal<tf.Rank.R2>([given.length, tiny.channels], 0, 1, 'float32', 7);
    const slopes = (encode: (tree: Tree<tf.Tensor>) => tf.Tensor2D) =>
      tf.grads((...tensors: tf.Tensor[]) => tf.sum<tf.Scalar>(tf.mul(encode(treeOf(tensors)), upstream)))(leaves());
    const expected = slopes(apart);
    for (const [index, gradient] of slopes(together).entries()) {
      expect(largest(tf.sub(gradient, expected[index] ?? tf.scalar(Number.NaN))), paths[index]).toBeLessThan(1e-5);
      expect(largest(gradient), paths[index]).toBeGreaterThan(0.01);
    }
  });
});

function largest(tensor: tf.Tensor): number {
  return tf.max(tf.abs(tensor)).dataSync()[0] ?? Number.NaN;
}

it('draws batches of every sentence length in shapes that it names, and trains on and evaluates all of them', async () => {
  const engine = await createEngine({ name: 'onnx', threads: 1 });
  const runs = [1, 3, 7].map((length) => Array.from({ length: 20 }, (_, at) => new Int32Array(length).fill(at % 12)));
  const settings = { ...tiny, negatives: 'same-document', batchSize: 2 } as const;
  const domain = createTextDomain(createMemoryCorpus('numbers', runs), settings);
  const named = [domain.batch, ...(domain.smallerBatches ?? [])].map((specs) => specs.words?.shape.join());
  const parameters = initialiseModel(domain, createRandom(1));
  const optimiser = textOptimiser(settings);
  const step = await createTrainingStep({ domain, engine, optimiser, parameters });
  const met = new Set<string>();
  for (let number = 1; number <= 12; number++) {
    const batch = await batchOf(domain, createRandom(2), number);
    expect(named).toContain(batch.words?.shape.join());
    met.add(batch.words?.shape.join() ?? '');
    expect((await step.run(batch, number)).lossNats).toBeGreaterThan(0);
  }
  expect(met.size).toBe(3);
  const { lossNats } = await evaluate({ domain, engine, parameters, random: createRandom(2), batches: 12 });
  expect(lossNats).toBeGreaterThan(0);
  await step.dispose();
});

it('refuses 3 sentences where 3 steps are predicted', () => {
  const corpus = createMemoryCorpus('numbers', [sentences()]);
  expect(() => createTextDomain(corpus, { ...tiny, sentencesPerExample: 3 })).toThrow(
    /more than 3 sentences.*received 3/,
  );
});
