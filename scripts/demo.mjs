/** `npm run demo -- ARGS`: from a fresh clone to `cpc demo ARGS`. */
import { join } from 'node:path';
import { runInForeground } from './lib/foreground.mjs';
import { makeReady } from './lib/ready.mjs';
import { root } from './lib/workspace.mjs';

await makeReady();
process.exitCode = await runInForeground(join(root, 'packages/cli/dist/bin.js'), ['demo', ...process.argv.slice(2)]);
