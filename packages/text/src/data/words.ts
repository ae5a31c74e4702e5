/** A sentence as words. */
import TreebankWordTokenizer from 'natural/lib/natural/tokenizers/treebank_word_tokenizer.js';
import { normaliseText } from './normalise.js';

const tokeniser = new TreebankWordTokenizer();

/**
 * Words and punctuation marks as the Penn Treebank cuts them (`do n't`, `dog 's`), in lower case. Text that is cut so already stays
 * as it is.
 *
 * @example
 * splitWords('“It’s here,” she said.'); // ['"', 'it', "'s", 'here', ',', '"', 'she', 'said', '.']
 */
export function splitWords(sentence: string): string[] {
  return tokeniser.tokenize(inAscii(normaliseText(sentence))).map((word) => fromAscii(word).toLowerCase());
}

/**
 * natural's tokeniser takes every letter but a to z for a mark that stands alone, and a picture for two: they are spelt out while it
 * works.
 */
function inAscii(text: string): string {
  return text.replace(/_|(?![a-zA-Z0-9])[\p{L}\p{M}\p{N}]|[\u{10000}-\u{10FFFF}]/gu, (character) =>
    isLetter.test(character) ? spelt(character) : ` ${spelt(character)} `,
  );
}

const isLetter = /[_\p{L}\p{M}\p{N}]/u;

function spelt(character: string): string {
  return `_${character.codePointAt(0)?.toString(16)}_`;
}

function fromAscii(word: string): string {
  return word.replace(/_([0-9a-f]+)_/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)));
}
