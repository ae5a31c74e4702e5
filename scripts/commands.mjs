/**
 * `npm run commands`: writes docs/commands.md from the commands that the domains declare; `--check` compares instead, exit code 1 if the
 * file is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makeReady } from './lib/ready.mjs';
import { root } from './lib/workspace.mjs';

const domains = ['audio', 'text', 'vision', 'rl'];
const file = join(root, 'docs/commands.md');
const isCheck = process.argv.includes('--check');

if (!isCheck) await makeReady(); // checked after the build
const load = (path) => import(pathToFileURL(join(root, 'packages', path)).href);
const { commandReference } = await load('runs/dist/commands/index.js');
const parts = [];
for (const name of domains) {
  const { domainCommands } = await load(`${name}/dist/node/index.js`);
  parts.push(commandReference(domainCommands, `cpc ${name}`));
}
const head = `# Commands

Every command also takes \`--json\` (one JSON object at the end on stdout, and nothing else there), \`--verbose\` (errors with their stack
trace) and \`--help\`. Written by \`npm run commands\` from the declarations.
`;
const text = [head, ...parts].join('\n');
if (!isCheck) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/commands.md: expected what the commands declare, received other text. Run: npm run commands');
  process.exitCode = 1;
}
