import { createRandom } from '@cpc/core';
import { expect, it } from 'vitest';
import { splitByRules } from './splitting-rules.js';
import { splitWords } from './words.js';

it.each([
  '“It’s here,” she said; ‘I’d have—well… can’t they’ll—’',
  'Cannot gimme whatcha, whaddya WANNA d’ye ’Tis twas mor’n.',
  'Mr. Brontë’s naïve café at 3.50, 12,000 or (e.g.) A&B <x> a/b c+d foo_bar.',
  'The end. ',
  'don\'t do n\'t "quoted" --dash-- no ,comma, x',
  'straße ΣΊΣΥΦΟΣ ١٢ 日本語。 e\u0301 \uFEFFzero\u200Bwidth',
  'smile 😀 and 👍🏽! x😀y 𝒜bc',
])('cuts as splitWords does: %s', (text) => expect(splitByRules(text)).toEqual(splitWords(text)));

it('takes a picture for 1 word, not for 2 halves of a character', () =>
  expect(splitWords('x😀y.')).toEqual(['x', '😀', 'y', '.']));

it('cuts 3,000 made-up lines as splitWords does', () => {
  const random = createRandom(6);
  const pieces = [
    ...[
      "'",
      '"',
      '.',
      ',',
      ' ',
      '  ',
      '-',
      '--',
      '—',
      '…',
      '’',
      '“',
      '(',
      '&',
      '/',
      '<',
      '_',
      '`',
      '\t',
      '\n',
      '😀',
      '\u0301',
    ],
    ...[
      'a',
      'é',
      'can',
      'not',
      "n't",
      "'s",
      "'ll",
      'd',
      "'ye",
      'gim',
      'me',
      't',
      'is',
      'was',
      'wha',
      'cha',
      'whad',
      'dd',
      'ya',
      '7',
      'Σ',
    ],
  ];
  for (let line = 0; line < 3000; line++) {
    const text = Array.from({ length: 1 + random.integer(12) }, () => pieces[random.integer(pieces.length)]).join('');
    expect([text, splitByRules(text)]).toEqual([text, splitWords(text)]);
  }
});
