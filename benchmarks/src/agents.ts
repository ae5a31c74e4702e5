/** `npm run -s agents`: takes finished runs of agents into the record, and prints its tables. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentRunOf, agentTables, parseAgentRuns, withRuns } from './agent-runs.js';
import { agentsPath } from './places.js';
import { markdownTable } from './table.js';

const folders = process.argv.slice(2);
if (folders.length > 0) {
  const runs = await Promise.all(
    folders.map(async (folder) => {
      const text = (name: string) => readFile(join(folder, name), 'utf8');
      return agentRunOf(await text('run.json'), await text('metrics.jsonl'));
    }),
  );
  const record = withRuns(parseAgentRuns(await readFile(agentsPath, 'utf8')), runs);
  await writeFile(agentsPath, `${JSON.stringify(record, undefined, 2)}\n`);
}
const tables = agentTables(parseAgentRuns(await readFile(agentsPath, 'utf8')));
process.stdout.write(`${tables.map(markdownTable).join('\n\n')}\n`);
