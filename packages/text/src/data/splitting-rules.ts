/**
 * `splitWords` once more, as a list of replacements that programs in other languages can apply: it travels with an exported model.
 *
 * The product splits with natural's tokeniser; that both cut alike is what the test says.
 */
import { normalisation } from './normalise.js';

export interface SplittingRule {
  /** A regular expression in Unicode mode, without flags: every match is replaced. */
  readonly pattern: string;
  /** What stands instead; `$1` is the first group. */
  readonly by: string;
}

/** What words are made of, marks apart. */
const letter = '\\p{L}\\p{M}\\p{N}_';
const [starts, ends] = [`(?<![${letter}])`, `(?![${letter}])`];

/** Small and capital. */
const anyCase = (text: string) => text.replace(/[a-z]/g, (character) => `[${character}${character.toUpperCase()}]`);

const contractions = [
  ...[
    ['can', 'not'],
    ['d', "'ye"],
    ['gim', 'me'],
    ['gon', 'na'],
    ['got', 'ta'],
    ['lem', 'me'],
    ['mor', "'n"],
  ],
  ...[
    ['t', 'is'],
    ['t', 'was'],
    ['wan', 'na'],
    ['whad', 'dd', 'ya'],
    ['wha', 't', 'cha'],
  ],
].map((parts): SplittingRule => {
  const groups = parts.map((part) => `(${anyCase(part)})`);
  return { pattern: starts + groups.join('') + ends, by: parts.map((_, index) => `$${index + 1}`).join(' ') };
});

/** To be applied in this order to text in composed form (NFC); words are what then stands between spaces, in lower case. */
export const splittingRules: readonly SplittingRule[] = [
  ...normalisation.map(([pattern, by]) => ({ pattern: pattern.source, by })),
  { pattern: '^ | $', by: '' },
  { pattern: `(.)(${anyCase("'ll|'re|'ve|n't|'s|'m|'d")})${ends}`, by: '$1 $2' },
  ...contractions,
  { pattern: `([^${letter}.'\\-\\/+<>,& ])`, by: ' $1 ' },
  { pattern: '(, )', by: ' $1' },
  { pattern: "(' )", by: ' $1' },
  { pattern: '\\. *$', by: ' . ' },
];

/** Words as the rules cut them. */
export function splitByRules(text: string): string[] {
  const cut = splittingRules.reduce(
    (so, { pattern, by }) => so.replace(new RegExp(pattern, 'gu'), by),
    text.normalize('NFC'),
  );
  return cut
    .split(/ +/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}
