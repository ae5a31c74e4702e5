/** The folder of an ablation: its record, its table, and a run folder for every row and seed. */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CpcError } from '@cpc/core';
import { writeFileAtomically } from '@cpc/core/node';
import { type AblationRecord, formatAblationRecord, parseAblationRecord } from '@cpc/records';
import { ablationTable } from '../ablation/ablation-table.js';

export interface AblationFolder {
  /** As it is now. */
  readonly record: () => AblationRecord;
  /** Replaces fields of the record, and the table with it. */
  readonly update: (changes: Partial<AblationRecord>) => Promise<void>;
  readonly tablePath: string;
  /** Where the run of a row and seed lies. */
  readonly runFolder: (name: string, seed: number) => string;
}

/**
 * Opens the ablation in a folder, or begins it.
 *
 * @param begun - the record as it is before the first run.
 * @throws {CpcError} if the folder holds an ablation with other settings, steps or task.
 * @throws {RecordError} if `ablation.json` is damaged.
 */
export async function openAblationFolder(folder: string, begun: AblationRecord): Promise<AblationFolder> {
  const path = join(folder, 'ablation.json');
  const tablePath = join(folder, 'table.md');
  await mkdir(folder, { recursive: true });
  let record = begun;
  if (existsSync(path)) {
    record = parseAblationRecord(await readFile(path, 'utf8'), path);
    requireSameAblation(path, record, begun);
  } else await writeFileAtomically(path, formatAblationRecord(record, path));
  return {
    record: () => record,
    update: async (changes) => {
      record = { ...record, ...changes };
      await writeFileAtomically(path, formatAblationRecord(record, path));
      await writeFileAtomically(tablePath, ablationTable(record));
    },
    tablePath,
    runFolder: (name, seed) => join(folder, name, `seed-${seed}`),
  };
}

/** Runs of other settings would stand in one table. */
function requireSameAblation(path: string, before: AblationRecord, now: AblationRecord): void {
  const partsOf = ({ settings, steps, task, preset }: AblationRecord) => ({
    ...Object.fromEntries(Object.entries(settings).map(([name, { value }]) => [name, JSON.stringify(value)])),
    steps: String(steps),
    task,
    preset,
  });
  const [then, today]: Record<string, string>[] = [partsOf(before), partsOf(now)];
  const different = Object.keys({ ...then, ...today }).filter((name) => then?.[name] !== today?.[name]);
  if (different.length === 0) return;
  const textOf = (parts: Record<string, string> = {}) =>
    different.map((name) => `${name} ${parts[name] ?? 'none'}`).join(', ');
  throw new CpcError({
    where: path,
    expected: `the ablation that was begun here (${textOf(then)})`,
    received: textOf(today),
    fix: 'Give the same to go on with it, or another folder. Nothing was changed.',
  });
}
