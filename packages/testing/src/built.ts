/** Tests that start a process or a worker run built files: those must be there, and no older than their sources. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const buildScript = fileURLToPath(new URL('../../../scripts/build.mjs', import.meta.url));

/**
 * Builds a package of this workspace and those it needs, where they are out of date. Test files that do so at once take turns.
 *
 * @param name - such as `@cpc/cli`.
 * @throws {Error} with what the build said, if it fails.
 *
 * @example
 * beforeAll(() => ensureBuilt('@cpc/cli'), 300_000);
 */
export async function ensureBuilt(name: string): Promise<void> {
  await promisify(execFile)(process.execPath, [buildScript, name]);
}
