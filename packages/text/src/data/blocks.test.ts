import { describe, expect, it } from 'vitest';
import { type Block, createBlockReader, guessFormat, isHeading, type TextFormat } from './blocks.js';

function blocksOf(format: TextFormat, lines: readonly string[], longestParagraph?: number): Block[] {
  const reader = createBlockReader(format, longestParagraph);
  return [...lines.flatMap((line) => reader.line(line)), ...reader.end()];
}

const summary = (blocks: readonly Block[]) =>
  blocks.map((block) => (block.kind === 'break' ? 'break' : block.sentences.length));

describe('isHeading', () => {
  it.each(['CHAPTER I.', 'XIV.', '12', 'Chapter the Last.', 'The Inheritance of Evil', 'THE END'])('is %s', (text) =>
    expect(isHeading(text)).toBe(true),
  );

  it.each([
    'It rained.',
    '“Stop!”',
    'I.e. she said:',
    'A line of more than twelve words that has no mark at its end as verse has',
  ])('is not %s', (text) => expect(isHeading(text)).toBe(false));
});

describe('blocks', () => {
  const prose = ['CHAPTER I.', '', 'It rained. It', 'poured, and', 'nobody came.', '', 'She left.'];

  it('of paragraphs: a line each; a heading behind a blank line parts them, blank lines alone do not', () => {
    const lines = ['THE STORM', '', 'CHAPTER I.', 'It rained. It poured.', 'She left.', '', 'He stayed.'];
    expect(summary(blocksOf('paragraphs', lines))).toEqual(['break', 'break', 2, 1, 1]);
  });

  it('of prose: lines up to a blank one are a paragraph', () => {
    expect(blocksOf('prose', prose)).toEqual([
      { kind: 'break' },
      { kind: 'paragraph', sentences: ['It rained.', 'It poured, and nobody came.'] },
      { kind: 'paragraph', sentences: ['She left.'] },
    ]);
  });

  it('of sentences: a line each, uncut, and a break at blank lines', () => {
    expect(blocksOf('sentences', ['it rained . it', '', 'she left .'])).toEqual([
      { kind: 'paragraph', sentences: ['it rained . it'] },
      { kind: 'break' },
      { kind: 'paragraph', sentences: ['she left .'] },
    ]);
  });

  it('of prose without a blank line: a paragraph ends behind the line that makes it 100 characters long', () => {
    expect(summary(blocksOf('prose', Array(10).fill('Twenty characters ok.'), 100))).toEqual([5, 5]);
  });
});

describe('guessFormat', () => {
  const words = (count: number) => Array.from({ length: count }, (_, index) => `word${index % 7}`).join(' ');

  it('takes lines of 60 to 70 characters with blank ones between for prose', () => {
    const paragraph = [words(10), words(11), words(10), `${words(5)}.`, ''];
    expect(guessFormat([...paragraph, ...paragraph, ...paragraph])).toBe('prose');
  });

  it('takes lines of one sentence each for sentences, and lines of several for paragraphs', () => {
    const long = `It rained, and ${words(30)}.`;
    expect(guessFormat(['It rained.', long, 'She left.', long, 'Who came?'])).toBe('sentences');
    expect(guessFormat([`It rained. ${long}`, 'She left. He stayed.', 'Who came?'])).toBe('paragraphs');
  });

  it('takes a file without text for paragraphs', () => expect(guessFormat(['', ' '])).toBe('paragraphs'));
});
