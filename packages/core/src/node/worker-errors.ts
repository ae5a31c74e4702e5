/**
 * Errors as plain values, and back: between threads an error loses its class, its fields and its symbols.
 */
import { CompileError } from '@cpc/compile';
import { RecordError } from '@cpc/records';
import { CpcArgumentError, CpcError } from '../errors.js';

/** An error as it crosses threads. */
export interface WorkerError {
  readonly message: string;
  readonly stack: string;
  /** True if it was thrown on purpose, for the person to read. */
  readonly expected: boolean;
  /** Of a CpcError. */
  readonly parts?: CpcParts;
  /** Of a RecordError: the file, or the file and line. */
  readonly recordWhere?: string;
}

interface CpcParts {
  readonly where: string;
  readonly expected: string;
  /** Where it is text, a number, a truth value or null; what else there was, the message tells. */
  readonly received?: string | number | boolean | null;
  readonly fix?: string;
  /** Of a CpcArgumentError. */
  readonly argument?: string;
}

/** What is to be said of an error in another thread. */
export function describeError(error: unknown): WorkerError {
  const expected = CpcError.isInstance(error) || CompileError.isInstance(error) || RecordError.isInstance(error);
  if (!(error instanceof Error)) return { message: String(error), stack: String(error), expected };
  const described = { message: error.message, stack: error.stack ?? error.message, expected };
  if (RecordError.isInstance(error)) return { ...described, recordWhere: error.where };
  return CpcError.isInstance(error) ? { ...described, parts: partsOf(error) } : described;
}

/**
 * The error again, with message, parts and stack as they were: a CpcError, CpcArgumentError, RecordError or CompileError if it was
 * one, else an Error. A class that a domain derives from CpcError comes back as CpcError.
 */
export function restoreError(described: WorkerError): Error {
  const error = emptyError(described);
  error.message = described.message;
  error.stack = described.stack;
  return error;
}

function emptyError({ expected, parts, recordWhere }: WorkerError): Error {
  if (parts !== undefined) return cpcErrorOf(parts);
  if (recordWhere !== undefined) return new RecordError(recordWhere, '');
  return expected ? new CompileError() : new Error();
}

function cpcErrorOf({ argument, ...parts }: CpcParts): CpcError {
  if (argument === undefined) return new CpcError(parts);
  return new CpcArgumentError({ ...parts, argument, received: parts.received });
}

function partsOf(error: CpcError): CpcParts {
  const { where, expected, received, fix } = error;
  return {
    where,
    expected,
    ...(isPlain(received) ? { received } : {}),
    ...(fix === undefined ? {} : { fix }),
    ...(CpcArgumentError.isInstance(error) ? { argument: error.argument } : {}),
  };
}

function isPlain(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
