/**
 * Places of a corpus where an example may begin, numbered from 0: `count` contiguous sentences must follow within a run. The
 * places of a document stand together.
 */
import { CpcError, entryAt, firstAbove } from '@cpc/core';
import type { SentenceCorpus, SentenceRun } from './sentence-corpus.js';

export interface ExamplePlaces {
  readonly count: number;
  /** Index of the sentence at a place. */
  readonly sentenceAt: (place: number) => number;
  /** The places of the document that a place is in: from `first` on, `count` of them. */
  readonly documentOf: (place: number) => { readonly first: number; readonly count: number };
}

/**
 * @param sentences - of an example.
 * @param examplesPerDocument - examples without a common sentence that a document must have room for; others are left out.
 */
export function examplePlaces(corpus: SentenceCorpus, sentences: number, examplesPerDocument = 1): ExamplePlaces {
  const runs = roomyRuns(corpus.runs, sentences, examplesPerDocument);
  const ends = runningSums(runs.map(({ count }) => count - sentences + 1));
  const documentEnds = ends.filter((_, index) => runs[index]?.document !== runs[index + 1]?.document);
  return {
    count: ends.at(-1) ?? 0,
    sentenceAt: (place) => {
      const index = indexWithin(ends, place);
      return entryAt(runs, index, 'runs of sentences').start + place - startOf(ends, index);
    },
    documentOf: (place) => {
      const index = indexWithin(documentEnds, place);
      const first = startOf(documentEnds, index);
      return { first, count: entryAt(documentEnds, index, 'documents') - first };
    },
  };
}

/** The runs with room for an example, of documents with room for so many. */
function roomyRuns(all: readonly SentenceRun[], sentences: number, examplesPerDocument: number): SentenceRun[] {
  const runs = all.filter(({ count }) => count >= sentences);
  const room = new Map<number, number>();
  for (const { count, document } of runs) room.set(document, (room.get(document) ?? 0) + Math.floor(count / sentences));
  return runs.filter(({ document }) => (room.get(document) ?? 0) >= examplesPerDocument);
}

function runningSums(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}

/** @throws {CpcError} if no example stands there. */
function indexWithin(ends: readonly number[], place: number): number {
  const count = ends.at(-1) ?? 0;
  if (Number.isInteger(place) && place >= 0 && place < count) return firstAbove(ends, place);
  throw new CpcError({ where: 'examples', expected: `a place from 0 up to ${count}, without it`, received: place });
}

function startOf(ends: readonly number[], index: number): number {
  return index === 0 ? 0 : entryAt(ends, index - 1, 'ends');
}
