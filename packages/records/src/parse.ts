/**
 * From text to a checked value, with an error a person can act on. Knows no schema in particular.
 */

import { RecordError } from '@cpc/base';
import type { z } from 'zod';

/** What a text should have been, and what to do when it is not. */
export interface Expectation {
  /** with its article, such as "a run record" */
  readonly what: string;
  /** one sentence */
  readonly fix: string;
}

/** The value written in `text` as JSON, or a {@link RecordError} that names `where`. */
export function parseJson(text: string, where: string, expectation: Expectation): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RecordError(
      where,
      `expected ${expectation.what} in JSON, received ${shown(text)} (${reason}). ${expectation.fix}`,
    );
  }
}

/** `value` in the schema's own type, or a {@link RecordError} that lists every field that is wrong. */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: string,
  expectation: Expectation,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`);
  throw new RecordError(where, `expected ${expectation.what}, but ${faults.join('; ')}. ${expectation.fix}`);
}

const shownLength = 40;

function shown(text: string): string {
  if (text === '') return 'an empty text';
  return JSON.stringify(text.length > shownLength ? `${text.slice(0, shownLength)}…` : text);
}
