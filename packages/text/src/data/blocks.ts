/**
 * The lines of a text file as blocks: headings, which are not part of the running text, and paragraphs.
 *
 * Takes lines one at a time, so that a file need not be in memory.
 */
import { splitSentences } from './sentences.js';

/** How the lines of a file make up its text. */
export const textFormats = ['paragraphs', 'prose', 'sentences'] as const;

/**
 * - `paragraphs`: a line is a paragraph.
 * - `prose`: lines are broken anywhere; blank lines stand between paragraphs.
 * - `sentences`: a line is a sentence; after a blank line another text begins.
 */
export type TextFormat = (typeof textFormats)[number];

export type Block =
  | { readonly kind: 'paragraph'; readonly sentences: readonly string[] }
  /** What stands before and behind it does not belong together: a heading, or a blank line between sentences. */
  | { readonly kind: 'break' };

const headingWord =
  /^(?:chapter|book|part|volume|vol|canto|act|scene|section|preface|introduction|contents|prologue|epilogue|conclusion|appendix|the end|finis)\b/i;
const numeral = /^(?:[ivxlcdm]+|\d+)[.)]?$/i;
const longestHeading = 12; // words

/**
 * Whether a block of text is a heading: short, and in capitals, a number, a word such as `Chapter`, or without a mark at its end.
 */
export function isHeading(text: string): boolean {
  const words = text.trim().split(/\s+/);
  if (words.length > longestHeading) return false;
  const isInCapitals = /\p{Lu}/u.test(text) && !/\p{Ll}/u.test(text);
  return (
    isInCapitals || numeral.test(text.trim()) || headingWord.test(text.trim()) || !/[.?!:;,"'”’)…—-]\s*$/.test(text)
  );
}

/** Collects blocks from lines. */
export interface BlockReader {
  /** The blocks that this line completes. */
  readonly line: (text: string) => readonly Block[];
  /** Those that the end of the file completes. */
  readonly end: () => readonly Block[];
}

/** @param longestParagraph - in characters; a longer one is cut there, so that a file without line breaks needs no more memory. */
export function createBlockReader(format: TextFormat, longestParagraph = 100_000): BlockReader {
  return format === 'prose' ? proseReader(longestParagraph) : lineReader(format);
}

const separator: Block = { kind: 'break' };

function lineReader(format: 'paragraphs' | 'sentences'): BlockReader {
  let isAfterBlank = true;
  const line = (text: string): Block[] => {
    const wasAfterBlank = isAfterBlank;
    isAfterBlank = text.trim() === '';
    if (format === 'sentences') return isAfterBlank ? [separator] : [{ kind: 'paragraph', sentences: [text.trim()] }];
    if (isAfterBlank) return [];
    return [wasAfterBlank && isHeading(text) ? separator : paragraph(text)];
  };
  return { line, end: () => [] };
}

function proseReader(longestParagraph: number): BlockReader {
  let lines: string[] = [];
  let length = 0;
  const end = (): Block[] => {
    if (lines.length === 0) return [];
    const text = lines.join(' ');
    lines = [];
    length = 0;
    return [isHeading(text) ? separator : paragraph(text)];
  };
  const line = (text: string): Block[] => {
    if (text.trim() === '') return end();
    lines.push(text.trim());
    length += text.length;
    return length >= longestParagraph ? end() : [];
  };
  return { line, end };
}

function paragraph(text: string): Block {
  return { kind: 'paragraph', sentences: splitSentences(text) };
}

/** Lines from which a format is guessed. */
export const guessLines = 2000;

/**
 * What a file's first lines look like.
 *
 * @param lines - up to `guessLines`, blank ones too.
 */
export function guessFormat(lines: readonly string[]): TextFormat {
  const filled = lines.filter((line) => line.trim() !== '');
  if (filled.length === 0) return 'paragraphs';
  if (isWrapped(lines)) return 'prose';
  const single = filled.filter((line) => splitSentences(line).length <= 1).length;
  return single / filled.length >= 0.95 ? 'sentences' : 'paragraphs';
}

/** Nearly all lines that another one follows are of about one length, none far above. */
function isWrapped(lines: readonly string[]): boolean {
  const followed = lines.filter((line, at) => line.trim() !== '' && (lines[at + 1] ?? '').trim() !== '');
  if (followed.length < 3) return false;
  const lengths = followed.map(({ length }) => length).sort((left, right) => left - right);
  const most = lengths[Math.floor(0.95 * lengths.length)] ?? 0;
  const median = lengths[Math.floor(lengths.length / 2)] ?? 0;
  return most <= 100 && median >= 0.75 * most;
}
