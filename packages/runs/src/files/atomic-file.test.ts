import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeError } from '@cpc/base/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { markText, ownMark } from '../run-folder/process-mark.js';
import { createAtomicFile, removeTemporaryFiles, writeFileAtomically } from './atomic-file.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-atomic-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('writeFileAtomically', () => {
  it('writes bytes and text, and leaves 1 file behind', async () => {
    const path = join(folder, 'run.json');
    await writeFileAtomically(path, Uint8Array.of(104, 105));
    await writeFileAtomically(path, 'größer');
    expect(await readFile(path, 'utf8')).toBe('größer');
    expect(await readdir(folder)).toEqual(['run.json']);
  });

  it('shows readers 1 of the 2 versions whole while it is called 50 times', async () => {
    const path = join(folder, 'a');
    const versions = ['a'.repeat(200_000), 'b'.repeat(300_000)];
    await writeFileAtomically(path, versions[0] ?? '');
    let writing = true;
    const writer = (async () => {
      for (let round = 0; round < 50; round++) await writeFileAtomically(path, versions[round % 2] ?? '');
      writing = false;
    })();
    while (writing) expect(versions).toContain(await readFile(path, 'utf8'));
    await writer;
  });

  it('that cannot write names the path that was asked for, not the temporary one', async () => {
    await mkdir(join(folder, 'taken'));
    for (const path of [join(folder, 'taken'), join(folder, 'missing', 'o.npy')]) {
      const error = await writeFileAtomically(path, 'x').catch((reason: unknown) => reason);
      expect(describeError(error).message).toMatch(new RegExp(`^${path}: expected`));
      expect(describeError(error).message).not.toContain('.tmp');
    }
  });

  it('leaves 0 temporary files behind when it fails, and passes the reason on', async () => {
    await mkdir(join(folder, 'taken'));
    await expect(writeFileAtomically(join(folder, 'taken'), 'x')).rejects.toThrow(/EISDIR|EPERM|EEXIST/);
    expect(await readdir(folder)).toEqual(['taken']);
  });
});

describe('createAtomicFile', () => {
  it('shows nothing of 2 parts before commit, and both in order after', async () => {
    const path = join(folder, 'a.npy');
    await writeFile(path, 'old');
    const file = await createAtomicFile(path);
    await file.write(Uint8Array.of(104, 97));
    await file.write(Uint8Array.of(108, 108, 111));
    expect(await readFile(path, 'utf8')).toBe('old');
    await file.commit();
    await file.abandon();
    expect(await readFile(path, 'utf8')).toBe('hallo');
    expect(await readdir(folder)).toEqual(['a.npy']);
  });

  it('leaves the old file and nothing else when abandoned', async () => {
    const path = join(folder, 'a.npy');
    await writeFile(path, 'old');
    const file = await createAtomicFile(path);
    await file.write(Uint8Array.of(1));
    await file.abandon();
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a.npy']);
  });
});

it('removeTemporaryFiles deletes 1 leftover, and not 3 files of other names', async () => {
  const names = ['.hidden.tmp', 'a.tmp', 'run.json'];
  const leftover = '.run.json.0b9f9a30-0000-4000-8000-000000000000.tmp';
  for (const name of [...names, leftover]) await writeFile(join(folder, name), '');
  await removeTemporaryFiles(folder);
  expect((await readdir(folder)).sort()).toEqual(names);
});

it('removeTemporaryFiles keeps the file of a living process and of another machine, and deletes that of one which is gone', async () => {
  const own = await ownMark();
  const { pid } = spawnSync(process.execPath, ['--version']);
  const nameOf = (mark: typeof own) => `.run.json.${markText(mark)}-0000000.tmp`;
  const foreign = { ...own, host: 'elsewhere', pid };
  for (const mark of [own, { ...own, pid }, foreign]) await writeFile(join(folder, nameOf(mark)), '');
  await removeTemporaryFiles(folder);
  expect((await readdir(folder)).sort()).toEqual([nameOf(own), nameOf(foreign)].sort());
  await removeTemporaryFiles(folder, [foreign]);
  expect(await readdir(folder)).toEqual([nameOf(own)]);
});

it('a file being written carries the mark of this process in its name', async () => {
  const file = await createAtomicFile(join(folder, 'a.npy'));
  expect(await readdir(folder)).toEqual([expect.stringContaining(`.a.npy.${markText(await ownMark())}-`)]);
  await removeTemporaryFiles(folder);
  await file.write(Uint8Array.of(1));
  await file.commit();
  expect(await readdir(folder)).toEqual(['a.npy']);
});
