/**
 * Errors as plain values, and back: between threads an error loses its class, its fields and its symbols.
 */
import { CompileError } from '../compile-error.js';
import { CpcArgumentError, CpcError } from '../errors.js';
import { RecordError } from '../record-error.js';
import { describedSystemError, systemErrorIn } from './system-errors.js';

/** An error as it crosses threads. */
export interface WorkerError {
  readonly message: string;
  readonly stack: string;
  /** True if it was thrown on purpose, for the person to read. */
  readonly expected: boolean;
  /** Of a CpcError. */
  readonly parts?: CpcParts | undefined;
  /** Of a RecordError: the file, or the file and line. */
  readonly recordWhere?: string | undefined;
  /** Of an error that the operating system caused, such as `ENOSPC`. */
  readonly systemCode?: string | undefined;
}

interface CpcParts {
  readonly where: string;
  readonly expected: string;
  /** Where it is text, a number, a truth value or null; what else there was, the message tells. */
  readonly received?: string | number | boolean | null | undefined;
  readonly fix?: string | undefined;
  /** Of a CpcArgumentError. */
  readonly argument?: string | undefined;
}

/** What is to be said of an error in another thread. */
export function describeError(thrown: unknown): WorkerError {
  const error = describedSystemError(thrown);
  const expected = CpcError.isInstance(error) || CompileError.isInstance(error) || RecordError.isInstance(error);
  if (!(error instanceof Error)) return { message: String(error), stack: String(error), expected };
  const described = { message: error.message, stack: error.stack ?? error.message, expected };
  if (RecordError.isInstance(error)) return { ...described, recordWhere: error.where };
  if (!CpcError.isInstance(error)) return described;
  const systemCode = systemErrorIn(error)?.code;
  return { ...described, parts: partsOf(error), systemCode };
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

function emptyError({ expected, parts, recordWhere, systemCode }: WorkerError): Error {
  if (parts !== undefined) return cpcErrorOf(parts, systemCode);
  if (recordWhere !== undefined) return new RecordError(recordWhere, '');
  return expected ? new CompileError() : new Error();
}

function cpcErrorOf({ argument, ...parts }: CpcParts, systemCode: string | undefined): CpcError {
  if (argument === undefined)
    return new CpcError(systemCode === undefined ? parts : { ...parts, cause: systemErrorOf(systemCode) });
  return new CpcArgumentError({ ...parts, argument, received: parts.received });
}

/** What is left of an error of the operating system on the other side. */
function systemErrorOf(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: undefined });
}

function partsOf(error: CpcError): CpcParts {
  const { where, expected, received, fix } = error;
  return {
    where,
    expected,
    ...(isPlain(received) ? { received } : {}),
    fix,
    ...(CpcArgumentError.isInstance(error) ? { argument: error.argument } : {}),
  };
}

function isPlain(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
