/** `npm run -s bench -- ARGS`: the benchmarks, built first where they are out of date. */
import { join } from 'node:path';
import { runInForeground } from './lib/foreground.mjs';
import { makeReady } from './lib/ready.mjs';
import { root } from './lib/workspace.mjs';

await makeReady();
process.exitCode = await runInForeground(join(root, 'benchmarks/dist/main.js'), process.argv.slice(2));
