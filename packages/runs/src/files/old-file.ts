/** Files that nobody has written to for long. */
import { stat } from 'node:fs/promises';

const weekMilliseconds = 7 * 24 * 3_600_000;

/** True for a file that has not changed for so long; default a week. */
export async function isOld(path: string, milliseconds: number = weekMilliseconds): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > milliseconds;
}
