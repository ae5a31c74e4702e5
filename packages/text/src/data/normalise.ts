/**
 * One spelling for characters that books write in several ways, so that a word is the same word everywhere.
 *
 * Knows nothing of words and sentences.
 */

/** Applied in this order to text in composed form. */
export const normalisation: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019\u201A\u201B\u02BC\u0060\u00B4]/g, "'"], // single quotes, apostrophes
  [/[\u201C\u201D\u201E\u201F\u00AB\u00BB]|''/g, '"'], //    double quotes
  [/[\u2010\u2011]/g, '-'], //                               hyphens
  [/[\u2012-\u2015]+|--+/g, ' -- '], //                       dashes
  [/\u2026/g, '...'],
  [/[\u00AD\u200B-\u200D\u2060\uFEFF]/g, ''], //             soft hyphens, zero width
  [/\s+/g, ' '], //                                          no-break spaces and tabs too
];

/** What any of them could change; most sentences have nothing of it. */
const special = /[^ -~]|--|''|`| {2}/;

/**
 * Text in Unicode's composed form with straight quotes, `-` for hyphens, ` -- ` for dashes, `...` for an ellipsis, and single
 * spaces; no space at its ends.
 *
 * @example
 * normaliseText('\u201CDon\u2019t\u2014\u201D she said'); // '"Don\'t -- " she said'
 */
export function normaliseText(text: string): string {
  if (!special.test(text)) return text.trim();
  return normalisation.reduce((so, [pattern, by]) => so.replace(pattern, by), text.normalize('NFC')).trim();
}
