/** `npm run reproduce -- NAME --scale small|paper`: tables and figures of the paper, built first where anything is out of date. */
import { join } from 'node:path';
import { runInForeground } from './lib/foreground.mjs';
import { makeReady } from './lib/ready.mjs';
import { root } from './lib/workspace.mjs';

await makeReady();
process.exitCode = await runInForeground(join(root, 'benchmarks/dist/reproduce.js'), process.argv.slice(2));
