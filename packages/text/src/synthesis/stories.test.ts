import { describe, expect, it } from 'vitest';
import { splitWords } from '../data/words.js';
import { createStories, subjectTask } from './stories.js';

describe('createStories', () => {
  it('makes 3 stories of 5 sentences, the same for the same seed', () => {
    const options = { seed: 1, stories: 3, sentences: 5 };
    const stories = createStories(options);
    expect(stories.map(({ length }) => length)).toEqual([5, 5, 5]);
    expect(createStories(options)).toEqual(stories);
    expect(createStories({ ...options, seed: 2 })).not.toEqual(stories);
    for (const sentence of stories.flat()) expect(sentence).not.toMatch(/[12P]|undefined/);
  });

  it('stays with its subject: "boat" comes again within 3 sentences far more often than within any 3 of other stories', () => {
    const stories = createStories({ seed: 1, stories: 400, sentences: 20 });
    const isSea = (sentence = '') =>
      /\b(boat|sail|wave|harbour|anchor|fish|tide|captain|net|rudder|gull|deck)\b/.test(sentence);
    const next = stories.flatMap((story) =>
      story.slice(0, -1).map((sentence, at) => [sentence, story[at + 1] ?? ''] as const),
    );
    const share = (pairs: readonly (readonly [string, string])[]) =>
      pairs.filter(([, following]) => isSea(following)).length / pairs.length;
    expect(share(next.filter(([sentence]) => isSea(sentence)))).toBeGreaterThan(0.8);
    expect(share(next)).toBeLessThan(0.2);
  });
});

it('subjectTask asks for subjects by words that no sentence to fit has', () => {
  const { data, testFrom } = subjectTask();
  expect([data.classes.length, testFrom, data.sentences.length]).toEqual([8, 480, 960]);
  const wordsOf = (sentences: readonly string[]) => new Set(sentences.flatMap(splitWords));
  const fitted = wordsOf(data.sentences.slice(0, testFrom));
  expect([fitted.has('barn'), fitted.has('pig')]).toEqual([true, true]);
  for (const word of ['hen', 'stable', 'harvest', 'gull', 'lathe']) expect(fitted.has(word)).toBe(false);
  expect(wordsOf(data.sentences.slice(testFrom)).has('harvest')).toBe(true);
});
