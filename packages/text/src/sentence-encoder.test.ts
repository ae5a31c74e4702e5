import { createRandom, type Engine } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createVocabulary, unknownWord } from './data/vocabulary.js';
import { initialiseTextModel } from './model.js';
import { smallPreset } from './presets.js';
import { createSentenceEncoder } from './sentence-encoder.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ name: 'onnx', threads: 1 });
});

const vocabulary = createVocabulary([unknownWord, 'the', 'cat', 'sat', '.']);
const settings = {
  ...smallPreset,
  wordScale: 1,
  vocabularySize: 5,
  embeddingSize: 4,
  channels: 6,
  contextUnits: 3,
  maxWords: 20,
};
const parameters = initialiseTextModel(settings, createRandom(1));
const encoderOf = (batchSize: number) => createSentenceEncoder({ settings, parameters, vocabulary, engine, batchSize });

/** Sentences of 1 to 30 words. */
const sentences = Array.from({ length: 23 }, (_, index) =>
  Array.from({ length: 1 + ((index * 7) % 30) }, (_, at) => ['the', 'cat', 'dog', 'sat'][(index + at) % 4]).join(' '),
);

describe('createSentenceEncoder', () => {
  it('gives 23 sentences of 1 to 30 words, together, the vectors that each has by itself, to 1e-6, in their order', async () => {
    const [together, alone] = [encoderOf(5), encoderOf(1)];
    const { shape, data } = await together.encode(sentences);
    expect(shape).toEqual([23, 6]);
    for (const [row, sentence] of sentences.entries()) {
      const own = await alone.encode([sentence]);
      for (const [entry, value] of own.data.entries()) expect(data[6 * row + entry]).toBeCloseTo(value, 6);
    }
    await Promise.all([together.dispose(), alone.dispose()]);
  });

  it('takes strings as splitWords cuts them, and words beyond the vocabulary as one', async () => {
    const encoder = encoderOf(4);
    const { data } = await encoder.encode(['The CAT sat.', 'the cat sat .', 'dog', 'bird']);
    expect(data.slice(0, 6)).toEqual(data.slice(6, 12));
    expect(data.slice(12, 18)).toEqual(data.slice(18, 24));
    expect(data.slice(0, 6)).not.toEqual(data.slice(12, 18));
    await encoder.dispose();
  });

  it('leaves out what is behind word 20, as training does', async () => {
    const encoder = encoderOf(2);
    const { data } = await encoder.encode([`${'the '.repeat(20)}`, `${'the '.repeat(20)}cat sat`]);
    expect(data.slice(0, 6)).toEqual(data.slice(6));
    await encoder.dispose();
  });

  it('gives zeros for text without a word, and [0, 6] for no text', async () => {
    const encoder = encoderOf(2);
    const { data } = await encoder.encode(['', 'the', '  ']);
    expect([...data.slice(0, 6), ...data.slice(12)]).toEqual(Array(12).fill(0));
    expect(data.slice(6, 12).some((value) => value !== 0)).toBe(true);
    expect((await encoder.encode([])).shape).toEqual([0, 6]);
    await encoder.dispose();
  });

  it('leaves no tensor behind on the engine cpu', async () => {
    const cpu = await createEngine({ name: 'cpu' });
    const encoder = createSentenceEncoder({ settings, parameters, vocabulary, engine: cpu });
    await encoder.encode(['the cat']);
    const before = tf.memory().numTensors;
    await encoder.encode(['the cat', 'sat']);
    expect(tf.memory().numTensors).toBe(before);
    await encoder.dispose();
  });

  it('refuses batches of no sentence', () => expect(() => encoderOf(0)).toThrow(/at least 1, received 0/));
});
