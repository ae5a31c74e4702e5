/**
 * The errors this library throws on purpose. Every message says where, what was expected, what came, what to do.
 *
 * Recognise them with `isInstance`, which also works when two copies of the package are loaded; `instanceof` does not.
 */
const errorMarker = Symbol.for('@cpc/core.CpcError');
const argumentMarker = Symbol.for('@cpc/core.CpcArgumentError');

/** The four parts of a message. */
export interface ErrorParts {
  /** a function, file, or file and line */
  readonly where: string;
  /** without the word "expected", such as `scores of shape [N, M] with M >= 2` */
  readonly expected: string;
  /** the value that came: shown as it is if a string, else in short; or absent if there is nothing to show */
  readonly received?: unknown;
  /** one sentence, with its full stop */
  readonly fix?: string | undefined;
  /** the error that led to this one */
  readonly cause?: unknown;
}

/**
 * Bad data, or a run that cannot go on. Base of all errors that this library throws on purpose.
 *
 * @example
 * throw new CpcError({
 *   where: 'speech/19-198-0001.wav',
 *   expected: 'a sample rate of 16000 Hz',
 *   received: '8000 Hz',
 *   fix: 'Resample the file, or set sampleRateHz to 8000.',
 * });
 * // speech/19-198-0001.wav: expected a sample rate of 16000 Hz, received 8000 Hz. Resample the file, or set …
 */
export class CpcError extends Error {
  override readonly name: string = 'CpcError';
  readonly [errorMarker] = true;
  readonly where: string;
  readonly expected: string;
  readonly received: unknown;
  readonly fix: string | undefined;

  constructor(parts: ErrorParts) {
    super(composeMessage(parts), parts.cause === undefined ? undefined : { cause: parts.cause });
    this.where = parts.where;
    this.expected = parts.expected;
    this.received = parts.received;
    this.fix = parts.fix;
  }

  /** True for any CpcError, CpcArgumentError included, also one made by a second copy of this package. */
  static isInstance(error: unknown): error is CpcError {
    return error instanceof Error && errorMarker in error;
  }
}

/**
 * A function was called with something it cannot take.
 *
 * @example
 * throw new CpcArgumentError({
 *   where: 'infoNce',
 *   argument: 'scores',
 *   expected: 'scores of shape [N, M] with M >= 2 (1 positive and at least 1 negative)',
 *   received: scores.shape,
 *   fix: 'Raise the count of the sampler, as in negativesFromBatch(count).',
 * });
 * // infoNce: expected scores of shape [N, M] with M >= 2 (1 positive and at least 1 negative), received [8, 1]. Raise …
 */
export class CpcArgumentError extends CpcError {
  override readonly name = 'CpcArgumentError';
  readonly [argumentMarker] = true;
  /** the name of the parameter, option or field */
  readonly argument: string;

  constructor(parts: ErrorParts & { readonly argument: string; readonly received: unknown }) {
    super(parts);
    this.argument = parts.argument;
  }

  /** True for any CpcArgumentError, also one made by a second copy of this package. */
  static override isInstance(error: unknown): error is CpcArgumentError {
    return error instanceof Error && argumentMarker in error;
  }
}

function composeMessage({ where, expected, received, fix }: ErrorParts): string {
  const came = received === undefined ? '' : `, received ${shown(received)}`;
  const place = where.replaceAll('\r', '\\r').replaceAll('\n', '\\n'); // a file's name may hold any character
  const sentence = `${place}: expected ${expected}${came}`;
  const end = /[^.\s/]\.$/.test(sentence) ? '' : '.'; // a reason may be a sentence
  return `${sentence}${end}${fix === undefined ? '' : ` ${fix}`}`;
}

const shownEntries = 8;
const shownLength = 120;

/** A value in a few words: `[8, 1]`, `null`, `Float32Array(40)`, `3.5`. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    const entries = value.slice(0, shownEntries).map(shown).join(', ');
    return value.length > shownEntries ? `[${entries}, …] (${value.length} entries)` : `[${entries}]`;
  }
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (typeof value === 'function') return `the function ${value.name}`;
  if (typeof value === 'object' && value !== null) return shortJson(value);
  return Object.is(value, -0) ? '-0' : String(value);
}

function shortJson(value: object): string {
  try {
    const text = JSON.stringify(value);
    return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
  } catch {
    return Object.prototype.toString.call(value); // it holds itself, or a bigint
  }
}
