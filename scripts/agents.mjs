/** `npm run -s agents [RUN ...]`: runs of agents gathered into benchmarks/agents/rl.json, and its tables; built first where out of date. */
import { join } from 'node:path';
import { runInForeground } from './lib/foreground.mjs';
import { makeReady } from './lib/ready.mjs';
import { root } from './lib/workspace.mjs';

await makeReady();
process.exitCode = await runInForeground(join(root, 'benchmarks/dist/agents.js'), process.argv.slice(2));
