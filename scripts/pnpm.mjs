/** `node scripts/pnpm.mjs ARGS`: the pinned pnpm, with only Node and npm on the machine. */
import { spawnSync } from 'node:child_process';
import { pnpmCommand } from './lib/pnpm.mjs';

const { command, args, env } = await pnpmCommand();
const { status } = spawnSync(command, [...args, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, ...env },
});
process.exitCode = status ?? 1;
