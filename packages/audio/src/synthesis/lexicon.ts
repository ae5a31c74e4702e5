/**
 * What built-in speech says: words of one to three syllables, drawn once per corpus, spoken with Zipf's frequencies.
 *
 * A fixed vocabulary is what makes the near future partly predictable from the past, as in a language; without it there
 * would be nothing for a predictive code to learn beyond the phone at hand.
 */
import type { Random } from '@cpc/core';
import { plosiveNames, silence, vowelNames } from './phone-inventory.js';

/** Words as lists of phones, the most frequent first. */
export type Lexicon = ReadonlyArray<readonly string[]>;

const wordCount = 60;

const onsets: readonly (readonly string[])[] = [
  ...plosiveNames.map((plosive) => [plosive]),
  ...['f', 'l', 'm', 'n', 's', 'sh', 'v', 'w', 'z'].map((name) => [name]),
  ['s', 't'],
  ['p', 'l'],
  ['k', 'w'],
  [],
];
const codas: readonly (readonly string[])[] = [
  ['n'],
  ['m'],
  ['l'],
  ['s'],
  ['z'],
  ['t'],
  ['k'],
  ['d'],
  ['n', 't'],
  ['f'],
];
const codaProbability = 0.4;

/** Draws a vocabulary; equal states of `random` give equal ones. */
export function drawLexicon(random: Random): Lexicon {
  return Array.from({ length: wordCount }, () => {
    const syllables = 1 + random.integer(3);
    return Array.from({ length: syllables }, () => drawSyllable(random)).flat();
  });
}

function drawSyllable(random: Random): string[] {
  const onset = pick(onsets, random);
  const nucleus = pick(vowelNames, random);
  const coda = random.uniform() < codaProbability ? pick(codas, random) : [];
  return [...onset, nucleus, ...coda];
}

/** Draws a word: the word of rank r has a weight of 1 / (r + 2). */
export function drawWord(lexicon: Lexicon, random: Random): readonly string[] {
  const weights = lexicon.map((_, rank) => 1 / (rank + 2));
  let left = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  const chosen = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return lexicon[chosen] ?? [silence];
}

function pick<Entry>(entries: readonly Entry[], random: Random): Entry {
  const entry = entries[random.integer(entries.length)];
  if (entry === undefined) throw new RangeError('pick: the list is empty');
  return entry;
}
