/** `npm run -s cpc -- ARGS`: the command of this checkout, built first where it is out of date. */
import { join } from 'node:path';
import { runInForeground } from './lib/foreground.mjs';
import { makeReady } from './lib/ready.mjs';
import { root } from './lib/workspace.mjs';

await makeReady();
process.exitCode = await runInForeground(join(root, 'packages/cli/dist/bin.js'), process.argv.slice(2));
