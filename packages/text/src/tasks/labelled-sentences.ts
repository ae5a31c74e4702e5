/** Sentences with a class each, as the five tasks of section 3.3 have them. Reads text that is in memory; files are node's. */
import { CpcError } from '@cpc/core';

export interface LabelledSentences {
  readonly sentences: readonly string[];
  /** `[N]`, places in `classes`. */
  readonly labels: Int32Array;
  /** Names, in order of their code units. */
  readonly classes: readonly string[];
}

/** A sentence and the name of its class. */
export interface Labelled {
  readonly label: string;
  readonly sentence: string;
}

/**
 * Lines of `<label> <words>`; a line may have a label alone. Blank lines do not count.
 *
 * @param where - named in the error.
 * @param known - labels that may stand there; any if left out.
 * @throws {CpcError} at the first line whose label is none of them, with its number.
 *
 * @example
 * parseLabelledLines('1 it was good .\n0 it was not .\n', 'MR.all', ['0', '1']); // 2 sentences
 */
export function parseLabelledLines(text: string, where: string, known?: readonly string[]): Labelled[] {
  return text.split(/\r\n|\n|\r/).flatMap((line, index) => {
    const [, label = '', sentence = ''] = /^(\S*)(?:\s+(.*))?$/.exec(line.trim()) ?? [];
    if (label === '') return [];
    if (known !== undefined && !known.includes(label)) {
      throw new CpcError({
        where: `${where}, line ${index + 1}`,
        expected: `a label out of ${known.join(', ')}, then words`,
        received: label,
      });
    }
    return [{ label, sentence }];
  });
}

/** Lines that are a sentence each, all of one class. */
export function labelledAlike(text: string, label: string): Labelled[] {
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim());
  return lines.filter((line) => line !== '').map((sentence) => ({ label, sentence }));
}

/**
 * @param where - named in the error.
 * @throws {CpcError} if there are fewer than 2 classes.
 */
export function labelledSentences(examples: readonly Labelled[], where: string): LabelledSentences {
  const classes = [...new Set(examples.map(({ label }) => label))].sort();
  if (classes.length < 2)
    throw new CpcError({ where, expected: 'sentences of at least 2 classes', received: classes.join() || 'none' });
  const places = new Map(classes.map((name, place) => [name, place]));
  return {
    sentences: examples.map(({ sentence }) => sentence),
    labels: Int32Array.from(examples, ({ label }) => placeOf(label, places, where)),
    classes,
  };
}

function placeOf(label: string, places: ReadonlyMap<string, number>, where: string): number {
  const place = places.get(label);
  if (place !== undefined) return place;
  throw new CpcError({ where, expected: `a label out of ${[...places.keys()].join(', ')}`, received: label });
}
