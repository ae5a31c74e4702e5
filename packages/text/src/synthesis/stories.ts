/**
 * Small made-up stories in which what comes next depends on what came before: a story stays with its subject for a few sentences,
 * then moves on. For demonstrations and tests; results on it say that the machinery works, nothing about language.
 */
import { createRandom, type Random } from '@cpc/core';
import { type LabelledSentences, labelledSentences } from '../tasks/labelled-sentences.js';

/** Words of a subject: things, and what is done or said of them. */
const subjects: Readonly<Record<string, readonly string[]>> = {
  farm: ['barn', 'cow', 'plough', 'hay', 'tractor', 'pig', 'field', 'barley', 'hen', 'stable', 'sheep', 'harvest'],
  kitchen: ['oven', 'bread', 'kettle', 'spoon', 'butter', 'soup', 'stove', 'apron', 'flour', 'pan', 'sugar', 'cake'],
  railway: [
    'train',
    'station',
    'ticket',
    'platform',
    'engine',
    'carriage',
    'signal',
    'track',
    'porter',
    'whistle',
    'tunnel',
    'luggage',
  ],
  school: [
    'teacher',
    'lesson',
    'chalk',
    'desk',
    'pupil',
    'exam',
    'grammar',
    'classroom',
    'homework',
    'blackboard',
    'satchel',
    'spelling',
  ],
  sea: ['boat', 'sail', 'wave', 'harbour', 'anchor', 'fish', 'tide', 'captain', 'net', 'rudder', 'gull', 'deck'],
  theatre: [
    'stage',
    'actor',
    'curtain',
    'scene',
    'audience',
    'costume',
    'mask',
    'applause',
    'rehearsal',
    'balcony',
    'script',
    'orchestra',
  ],
  winter: [
    'snow',
    'ice',
    'frost',
    'sledge',
    'blizzard',
    'scarf',
    'icicle',
    'mitten',
    'skate',
    'fireplace',
    'storm',
    'thaw',
  ],
  workshop: [
    'hammer',
    'saw',
    'nail',
    'plank',
    'chisel',
    'glue',
    'bench',
    'drill',
    'varnish',
    'carpenter',
    'screw',
    'lathe',
  ],
};

const people = ['Anna', 'Ben', 'Clara', 'David', 'Emma', 'Felix'];

/** `1`, `2`: words of the subject; `P`: who the story is about. */
const templates = [
  'P looked at the 1 and then at the 2.',
  'There was a 1 beside the 2.',
  'Nobody had seen such a 1 before.',
  '"Where is the 1?" asked P.',
  'P thought about the 2, but the 1 was gone.',
  'The 1 was old, and so was the 2.',
  'At last P found the 1.',
  'It was only a 1, yet P smiled.',
  'P took the 1 and left the 2 where it was.',
  'The day began with a 1.',
];

/** Chance that the next sentence stays with its subject. */
const staying = 0.88;

export interface StoryOptions {
  readonly seed: number;
  readonly stories: number;
  /** Of every story. */
  readonly sentences: number;
}

/**
 * @returns sentences by story.
 *
 * @example
 * createStories({ seed: 1, stories: 2, sentences: 20 })[0][0]; // 'There was a boat beside the harbour.'
 */
export function createStories({ seed, stories, sentences }: StoryOptions): string[][] {
  const random = createRandom(seed).fold('stories');
  return Array.from({ length: stories }, (_, story) => createStory(sentences, random.fold(story)));
}

/** What `--builtin` trains on: 600 stories of 20 sentences. */
export function builtInStories(): string[][] {
  return createStories({ seed: 1, stories: 600, sentences: 20 });
}

/**
 * Sentences by their subject. Those to fit have the first half of every subject's words, those to score the other half: only who has
 * read stories knows which of them go together.
 *
 * @returns the examples, those to score from `testFrom` on.
 */
export function subjectTask(seed = 1): { readonly data: LabelledSentences; readonly testFrom: number } {
  const random = createRandom(seed).fold('subjects');
  const halves = [0, 6].map((from, half) =>
    Object.entries(subjects).flatMap(([label, words]) =>
      Array.from({ length: 60 }, (_, index) => {
        const own = random.fold(label, half, index);
        return { label, sentence: createSentence(words.slice(from, from + 6), chosen(people, own), own) };
      }),
    ),
  );
  return { data: labelledSentences(halves.flat(), 'built-in sentences'), testFrom: halves[0]?.length ?? 0 };
}

function createStory(sentences: number, random: Random): string[] {
  const names = Object.keys(subjects);
  const person = chosen(people, random);
  let subject = chosen(names, random);
  return Array.from({ length: sentences }, () => {
    if (random.uniform() > staying) subject = chosen(names, random);
    return createSentence(subjects[subject] ?? [], person, random);
  });
}

function createSentence(words: readonly string[], person: string, random: Random): string {
  const [first = 0, second = 0] = random.choose(words.length, 2);
  return chosen(templates, random)
    .replace('P', person)
    .replace('1', words[first] ?? '')
    .replace('2', words[second] ?? '');
}

function chosen(choices: readonly string[], random: Random): string {
  return choices[random.integer(choices.length)] ?? '';
}
