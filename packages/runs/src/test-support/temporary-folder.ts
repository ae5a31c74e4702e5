/** An empty folder that goes away with the test. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cpc-runs-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
