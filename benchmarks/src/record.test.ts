import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRecord, writeRecord } from './record.js';
import { exampleRecord } from './test-support/records.js';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'record-test-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('reads back the 1 record that was written', async () => {
  const path = join(folder, 'audio.json');
  await writeRecord(path, exampleRecord());
  expect(await readRecord(path)).toEqual(exampleRecord());
});

it.each(['{', '{"schema": 2}'])('refuses %s, naming the file', async (text) => {
  const path = join(folder, 'audio.json');
  writeFileSync(path, text);
  await expect(readRecord(path)).rejects.toThrow(/audio\.json: expected the record of a benchmark case/);
});

it('writes 0 files for a time below 0', async () => {
  const path = join(folder, 'audio.json');
  const record = exampleRecord();
  const wrong = { ...record, ours: { ...record.ours, prepareMilliseconds: -1 } };
  await expect(writeRecord(path, wrong)).rejects.toThrow(/prepareMilliseconds/);
  await expect(readRecord(path)).rejects.toThrow(/ENOENT/);
});
