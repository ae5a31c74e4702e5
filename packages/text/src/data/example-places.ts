/**
 * Places of a corpus where an example may begin, numbered from 0: `count` contiguous sentences must follow within a run. The
 * places of a document stand together.
 */
import { firstAbove } from '@cpc/core';
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
      const index = firstAbove(ends, place);
      return (runs[index]?.start ?? 0) + place - (ends[index - 1] ?? 0);
    },
    documentOf: (place) => {
      const index = firstAbove(documentEnds, place);
      const first = documentEnds[index - 1] ?? 0;
      return { first, count: (documentEnds[index] ?? 0) - first };
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
