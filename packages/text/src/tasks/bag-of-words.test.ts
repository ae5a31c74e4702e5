import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { bagOfWords } from './bag-of-words.js';

const rows = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);

describe('bagOfWords', () => {
  const sentences = [['good', 'film'], ['bad', 'film'], ['good'], ['bad'], ['good', 'good'], ['bad', 'new']];
  const labels = Int32Array.of(1, 0, 1, 0, 1, 0);

  it('weighs words by 1 + ln((1 + n) / (1 + sentences with it)) of the fitted rows, 0 where none has the word', async () => {
    const { rarity } = await bagOfWords(sentences, labels, 2).fit(rows(4), 1);
    const film = 1 + Math.log(5 / 3);
    expect([...rarity]).toEqual([film, film, film, 0]); // good, film and bad stand in 2 of 4, new in none
  });

  it('tells held-out sentences by the words that the fitted ones had', async () => {
    const classifier = bagOfWords(sentences, labels, 2);
    const model = await classifier.fit(rows(4), 1);
    expect([...(await classifier.predict(model, [4, 5]))]).toEqual([1, 0]);
  });

  it('ends where the gradient of the mean cross-entropy plus |W|^2 / (2 c n) is 0, by differences of the written-out sum', async () => {
    const random = createRandom(2);
    const words = Array.from({ length: 30 }, () => Array.from({ length: 4 }, () => `w${random.integer(6)}`));
    const classes = Int32Array.from(words, () => random.integer(3));
    const { weights, biases, rarity } = await bagOfWords(words, classes, 3).fit(rows(30), 2);
    const names = [...new Set(words.flat())];
    const objective = (w: Float64Array, b: Float64Array) => {
      let sum = 0;
      for (const [row, sentence] of words.entries()) {
        const raw = names.map((name, n) => sentence.filter((word) => word === name).length * (rarity[n] ?? 0));
        const length = Math.hypot(...raw);
        const scores = [0, 1, 2].map((k) =>
          raw.reduce((total, value, n) => total + (value / length) * (w[3 * n + k] ?? 0), b[k] ?? 0),
        );
        sum += Math.log(scores.reduce((total, score) => total + Math.exp(score), 0)) - (scores[classes[row] ?? 0] ?? 0);
      }
      return sum / 30 + w.reduce((total, value) => total + value * value, 0) / (2 * 2 * 30);
    };
    for (let index = 0; index < weights.length; index++) {
      const moved = (by: number) =>
        objective(
          weights.map((value, at) => value + (at === index ? by : 0)),
          biases,
        );
      expect(Math.abs((moved(1e-4) - moved(-1e-4)) / 2e-4)).toBeLessThan(2e-4);
    }
  });

  it('says the more frequent class of a sentence without a known word, and ends at the same place from another start', async () => {
    const classifier = bagOfWords([['a'], ['b'], ['b'], []], Int32Array.of(0, 1, 1, 0), 2);
    const model = await classifier.fit(rows(3), 1);
    expect([...(await classifier.predict(model, [3]))]).toEqual([1]);
    const again = await classifier.fit(rows(3), 1, await classifier.fit(rows(3), 100));
    for (const [place, weight] of again.weights.entries())
      expect(weight).toBeCloseTo(model.weights[place] ?? Number.NaN, 3);
  });
});
