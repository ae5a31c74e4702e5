/** The report of a reproduction that writes a Markdown table. */
import { readFile } from 'node:fs/promises';
import type { Outcome, Report } from '@cpc/runs/commands';

export async function tableReport({ status, files, warnings }: Outcome, out: string): Promise<Report> {
  const table = files.find(({ path }) => path.endsWith('.md'));
  const text = table === undefined ? undefined : (await readFile(table.path, 'utf8')).trimEnd();
  return { json: { out, status, files, warnings }, text };
}
