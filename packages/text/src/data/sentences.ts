/**
 * A paragraph as sentences: natural's tokeniser finds every mark that may end one, and this file joins what it cut too often.
 *
 * Knows nothing of lines and headings (`blocks.ts`) or words (`words.ts`).
 */
import SentenceTokenizer from 'natural/lib/natural/tokenizers/sentence_tokenizer.js';
import { normaliseText } from './normalise.js';

const tokeniser = new SentenceTokenizer([]);

/** natural's time grows with the square of a text's sentences: longer texts are given to it in pieces. */
const pieceLength = 4000;

/** A dot behind these does not end a sentence. */
const abbreviation =
  /(?:^|[\s("'])(?:mr|mrs|ms|messrs|mme|mlle|dr|prof|rev|hon|st|capt|col|gen|lieut|lt|sgt|major|maj|esq|jr|sr|vol|chap|no|nos|pp|viz|etc|cf|e\.g|i\.e|vs|[a-z])\.$/i;

/** What no sentence begins with where sentences begin with capitals: `"Stop!" he cried.` */
const goesOn = /^[\p{Ll},;:)\]-]/u;
const hasLetter = /[\p{L}\p{N}]/u;
const hasCapital = /\p{Lu}/u;

/**
 * @param paragraph - any text without headings; line breaks count as spaces.
 * @returns its sentences in order, in the spelling of `normaliseText`; none has neither letter nor digit.
 *
 * @example
 * splitSentences('“Stop!” he cried. Mr. Lee went on.'); // ['"Stop!" he cried.', 'Mr. Lee went on.']
 */
export function splitSentences(paragraph: string): string[] {
  const text = normaliseText(paragraph);
  const hasCapitals = hasCapital.test(text);
  const sentences: string[] = [];
  for (const part of pieces(text).flatMap((piece) => tokeniser.tokenize(piece))) {
    const before = sentences.at(-1);
    if (before !== undefined && isContinued(before, part, hasCapitals))
      sentences[sentences.length - 1] = `${before} ${part}`;
    else sentences.push(part);
  }
  return sentences.filter((sentence) => hasLetter.test(sentence));
}

function isContinued(before: string, part: string, hasCapitals: boolean): boolean {
  return (
    abbreviation.test(before) || (hasCapitals && goesOn.test(part)) || !hasLetter.test(part) || !hasLetter.test(before)
  );
}

/** Cut behind the last mark that may end a sentence, else behind the last space. */
function pieces(text: string): string[] {
  if (text.length <= pieceLength) return text === '' ? [] : [text];
  const head = text.slice(0, pieceLength);
  const mark = Math.max(...['. ', '! ', '? '].map((end) => head.lastIndexOf(end)));
  const cut = mark > 0 ? mark + 1 : Math.max(head.lastIndexOf(' '), 0) || pieceLength;
  return [text.slice(0, cut), ...pieces(text.slice(cut).trimStart())];
}
