/**
 * Names for a sentence: the first ones, then how many more there are.
 *
 * @example
 * someOf(['a', 'b', 'c'], 2); // 'a, b and 1 more'
 */
export function someOf(names: readonly string[], most: number): string {
  const others = names.length - most;
  return names.slice(0, most).join(', ') + (others > 0 ? ` and ${others} more` : '');
}
