/** Schemas of option values: from a typed word to a value, or a refusal that says what was expected. */
import { z } from 'zod';

/** A schema that reads a word; `undefined` is refused with the sentence. */
function word<Value>(read: (text: string) => Value | undefined, expected: string): z.ZodType<Value, string> {
  return z.string().transform((text, context) => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: expected, input: text });
    return z.NEVER;
  });
}

/** A decimal number in one of the forms that every option takes: `5`, `0.5`, `5e6`, `-1`; else NaN. */
function numberOf(text: string): number {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

function wholeNumberOf(text: string, least: number, most: number): number | undefined {
  const value = numberOf(text);
  return Number.isSafeInteger(value) && value >= least && value <= most ? value + 0 : undefined; // -0 is 0
}

function listOf(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}

/** A whole number of at least `least`, and at most `most`, such as `500` or `5e6`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): z.ZodType<number, string> {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return word((text) => wholeNumberOf(text, least, most), `Expected a whole number ${range}.`);
}

/** Any whole number that JavaScript holds exactly. */
export const seed = wholeNumber(Number.MIN_SAFE_INTEGER);

/** A number above 0, such as `0.5`. */
export const positiveNumber = word((text) => {
  const value = numberOf(text);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}, 'Expected a number above 0.');

/** Numbers above 0 and up to 1, such as `0.01,0.1,1`. */
export const shares = word<readonly number[]>((text) => {
  const values = listOf(text).map(numberOf);
  return values.every((value) => value > 0 && value <= 1) ? [...new Set(values)] : undefined;
}, 'Expected numbers above 0, up to 1, with commas between.');

/** Whole numbers of at least 0, such as `3,17`. */
export const indices = word<readonly number[]>((text) => {
  const values = listOf(text).flatMap((item) => wholeNumberOf(item, 0, Number.MAX_SAFE_INTEGER) ?? []);
  return values.length === listOf(text).length ? [...new Set(values)] : undefined;
}, 'Expected a whole number of at least 0.');

/** Any text. */
export const text = z.string();

/** A list that is not empty. @throws {Error} if it is, naming what a domain has to have. */
export function atLeastOne<Item>([first, ...others]: readonly Item[], what: string): readonly [Item, ...Item[]] {
  if (first === undefined) throw new Error(`a domain needs at least 1 entry in its ${what}`);
  return [first, ...others];
}

/** One of these words. */
export function choice<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, { error: `Allowed choices are ${names.join(', ')}.` });
}

/** A path. Refuses what looks like the next option: then the path was left out. */
export const path = z
  .string()
  .refine((typed) => typed !== '', { error: 'Expected a path.', abort: true })
  .refine((typed) => !typed.startsWith('--'), 'Expected a path; write ./ before a name that begins with --.');

/** A path of a file with one of these endings. */
export function fileEndingIn(endings: readonly string[]): z.ZodType<string, string> {
  return path.refine(
    (typed) => endings.some((ending) => typed.endsWith(ending)),
    `Expected a file ending in ${endings.join(' or ')}.`,
  );
}

/** `a,b` as a list of names out of `allowed`; `none` is the empty list. */
export function namesOutOf(allowed: readonly string[]): z.ZodType<readonly string[], string> {
  return z.string().transform((typed, context) => {
    if (typed === 'none') return [];
    const names = listOf(typed);
    const unknown = names.find((name) => !allowed.includes(name));
    if (unknown === undefined) return [...new Set(names)];
    const message = `Expected none, or names out of ${allowed.join(', ')}, received "${unknown}".`;
    context.addIssue({ code: 'custom', message, input: typed });
    return z.NEVER;
  });
}

const representationNames = ['latent', 'context'] as const;
export type Representation = (typeof representationNames)[number];

/** `latent`, `context`, both with a comma between, or `both`. */
export const representations = word<readonly Representation[]>((typed) => {
  if (typed === 'both') return representationNames;
  const names = listOf(typed);
  const wanted = names.flatMap((name) => representationNames.filter((known) => known === name));
  return wanted.length === names.length ? [...new Set(wanted)] : undefined;
}, 'Expected latent, context, both, or latent,context.');

/** `latent` or `context`. */
export const representation = choice(representationNames);

/** One `--set key=value`, as typed. */
export interface Assignment {
  readonly name: string;
  readonly text: string;
}

/** `key=value`. */
export const assignment = word((typed): Assignment | undefined => {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(typed) ?? [];
  return name === undefined || value === undefined ? undefined : { name: name.trim(), text: value };
}, 'Expected key=value.');
