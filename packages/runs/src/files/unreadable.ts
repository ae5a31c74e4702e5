/** Why a file cannot be read, in a few words; and errors that are not the file's fault. */
import { CpcError } from '@cpc/base';
import { reasonOf, systemErrorIn } from '@cpc/base/node';

/**
 * The reason in a few words, without the file's name.
 *
 * @param error - what opening or reading a file has thrown.
 *
 * @example
 * unreadableReason(error); // 'permission denied (EACCES)'
 */
export function unreadableReason(error: unknown): string {
  const found = systemErrorIn(error);
  if (found !== undefined) return `${reasonOf(found).received} (${found.code})`;
  if (CpcError.isInstance(error)) return String(error.received);
  return error instanceof Error ? error.message : String(error);
}

/**
 * True if the machine, not the file, is the cause: too many open files, or no memory. Whoever skips files that cannot be read must not
 * skip this one.
 */
export function isShortage(error: unknown): boolean {
  const found = systemErrorIn(error);
  return found !== undefined && ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'].includes(found.code);
}
