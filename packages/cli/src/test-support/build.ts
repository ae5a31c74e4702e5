/** Builds the command where its built files are older than its sources: spawned tests run built files. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cliFolder } from './fake-project.js';
import { builtBin } from './run-command.js';

/** Throws if the build fails. */
export function buildIfStale(): void {
  const sources = readdirSync(join(cliFolder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|test-support/.test(name))
    .map((name) => statSync(join(cliFolder, 'src', name)).mtimeMs);
  const isFresh = existsSync(builtBin) && statSync(builtBin).mtimeMs > Math.max(...sources);
  if (isFresh) return;
  const tsup = createRequire(join(cliFolder, '..', '..', 'package.json')).resolve('tsup/package.json');
  execFileSync(process.execPath, [join(tsup, '..', 'dist', 'cli-default.js')], { cwd: cliFolder, stdio: 'pipe' });
}
