import { expect, it } from 'vitest';
import { markdownTable, textTable } from './table.js';

const rows = [
  ['', 'ours', 'theirs'],
  ['step', '810 ms', '1.25 s'],
  ['peak memory', '2 GB', 'a|b'],
];

it('sets text in columns: words to the left, figures to the right, 2 spaces apart', () => {
  expect(textTable(rows)).toBe(
    ['               ours  theirs', 'step         810 ms  1.25 s', 'peak memory    2 GB     a|b'].join('\n'),
  );
});

it('sets Markdown with 1 rule under the head and bars escaped', () => {
  expect(markdownTable(rows)).toBe(
    [
      '|  | ours | theirs |',
      '| --- | ---: | ---: |',
      '| step | 810 ms | 1.25 s |',
      '| peak memory | 2 GB | a\\|b |',
    ].join('\n'),
  );
});
