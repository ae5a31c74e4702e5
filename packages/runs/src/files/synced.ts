/**
 * Waits until what was written to an open file is on the disk, where the file system or the file API can say so.
 *
 * Some cannot: a network file system answers EINVAL or ENOTSUP for folders, and the file handles of Yarn's Plug'n'Play have
 * a `sync` that only throws. What was written is then as durable as the system makes it by itself.
 */

/** What this file needs of `FileHandle`. */
export interface Syncable {
  readonly sync: () => Promise<void>;
}

const unsupportedCodes: ReadonlySet<unknown> = new Set(['EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

/** @throws the system's error, if the data could not be written (a full or a broken disk). */
export async function syncFile(handle: Syncable): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    if (!isUnsupported(error)) throw error;
  }
}

/** An error without a system code comes from whoever stands in for the file handle. */
function isUnsupported(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return !('code' in error) || unsupportedCodes.has(error.code);
}
