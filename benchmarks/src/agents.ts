/** `npm run -s agents`: gathers finished runs of agents into a record, and prints the tables of one. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentRunOf, curveRows, parseAgentRuns, returnRows } from './agent-runs.js';
import { agentsPath } from './places.js';
import { markdownTable } from './table.js';

const folders = process.argv.slice(2);
if (folders.length > 0) {
  const runs = await Promise.all(
    folders.map(async (folder) => {
      const [record, metrics] = ['run.json', 'metrics.jsonl'].map((name) => readFile(join(folder, name), 'utf8'));
      return agentRunOf((await record) ?? '', (await metrics) ?? '');
    }),
  );
  await writeFile(agentsPath, `${JSON.stringify({ schema: 1, runs }, undefined, 2)}\n`);
}
const record = parseAgentRuns(await readFile(agentsPath, 'utf8'));
const environments = [...new Set(record.runs.map(({ environment }) => environment))];
const tables = [returnRows(record), ...environments.map((environment) => curveRows(record, environment))];
process.stdout.write(`${tables.map(markdownTable).join('\n\n')}\n`);
