/**
 * A paragraph as sentences: natural's tokeniser finds every mark that may end one, and this file joins what it cut too often.
 *
 * Knows nothing of lines and headings (`blocks.ts`) or words (`words.ts`).
 */
import SentenceTokenizer from 'natural/lib/natural/tokenizers/sentence_tokenizer.js';
import { normaliseText } from './normalise.js';

const tokeniser = new SentenceTokenizer([]);

/** natural's time grows with the square of a text's sentences: it is given pieces, each up to the next mark behind so many characters. */
const pieceLength = 250;
/** A piece without such a mark ends at a space before this. */
const longestPiece = 4000;

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

/** Together the text, but for spaces between them. */
function pieces(text: string): string[] {
  const found: string[] = [];
  for (let rest = text; rest !== ''; ) {
    const end = pieceEnd(rest);
    found.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return found;
}

function pieceEnd(text: string): number {
  const marks = ['. ', '! ', '? '].map((mark) => text.indexOf(mark, pieceLength)).filter((place) => place >= 0);
  const mark = Math.min(...marks, text.length);
  if (mark < longestPiece) return mark + 1;
  return text.lastIndexOf(' ', longestPiece) > 0 ? text.lastIndexOf(' ', longestPiece) : longestPiece;
}
