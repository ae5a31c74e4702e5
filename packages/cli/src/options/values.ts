/** Readers of option values: from a typed word to a value, or a refusal that says what was expected. */
import { InvalidArgumentError } from 'commander';

/** A decimal number in one of the forms that every option takes: `5`, `0.5`, `5e6`, `-1`; else NaN. */
function numberOf(text: string): number {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

/** Reads a whole number of at least `least`, and at most `most`, such as `500` or `5e6`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = numberOf(text);
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value + 0; // -0 is 0
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`Expected a whole number ${range}.`);
  };
}

/** Any whole number that JavaScript holds exactly. */
export const seed = wholeNumber(Number.MIN_SAFE_INTEGER);

/** Reads a number above 0, such as `0.5`. */
export function positiveNumber(text: string): number {
  const value = numberOf(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

/** Reads numbers above 0 and up to 1, such as `0.01,0.1,1`. */
export function shares(text: string): number[] {
  const values = text.split(',').map((word) => numberOf(word.trim()));
  if (values.every((value) => value > 0 && value <= 1)) return [...new Set(values)];
  throw new InvalidArgumentError('Expected numbers above 0, up to 1, with commas between.');
}

/** Reads whole numbers of at least 0, such as `3,17`. */
export function indices(text: string): number[] {
  return [...new Set(text.split(',').map((word) => wholeNumber(0)(word.trim())))];
}

/** Reads a path. Refuses what looks like the next option: then the path was left out. */
export function path(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected a path.');
  if (text.startsWith('--'))
    throw new InvalidArgumentError('Expected a path; write ./ before a name that begins with --.');
  return text;
}

/** Reads a path of a file with one of these endings. */
export function fileEndingIn(endings: readonly string[]): (text: string) => string {
  return (text) => {
    if (endings.some((ending) => path(text).endsWith(ending))) return text;
    throw new InvalidArgumentError(`Expected a file ending in ${endings.join(' or ')}.`);
  };
}

/** Reads `a,b` as a list of names out of `allowed`; `none` is the empty list. */
export function namesOutOf(allowed: readonly string[]): (text: string) => string[] {
  return (text) => {
    if (text === 'none') return [];
    const names = text.split(',').map((name) => name.trim());
    const unknown = names.find((name) => !allowed.includes(name));
    if (unknown === undefined) return [...new Set(names)];
    throw new InvalidArgumentError(`Expected none, or names out of ${allowed.join(', ')}, received "${unknown}".`);
  };
}

/** One `--set key=value`, as typed. */
export interface Assignment {
  readonly name: string;
  readonly text: string;
}

/** Reads `key=value` and adds it to those before. */
export function assignment(text: string, before: readonly Assignment[] = []): Assignment[] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Expected key=value.');
  return [...before, { name: name.trim(), text: value }];
}
