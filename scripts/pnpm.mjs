/** `node scripts/pnpm.mjs ARGS`: the pinned pnpm, with only Node and npm on the machine. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readJson, root } from './lib/workspace.mjs';

const { packageManager } = readJson(join(root, 'package.json'));
const args = ['exec', '--yes', `--package=${packageManager}`, '--', 'pnpm', ...process.argv.slice(2)];
const { status } = spawnSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' });
process.exitCode = status ?? 1;
