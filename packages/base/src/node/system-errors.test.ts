import { mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { mkdtemp, open, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CpcError } from '../errors.js';
import { describedSystemError, namingFile, systemErrorIn } from './system-errors.js';
import { describeError, restoreError } from './worker-errors.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'system-errors-'));
});
afterEach(() => rm(folder, { recursive: true }));

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

const messageOf = (error: unknown) => describeError(error).message;

describe('an error of the operating system', () => {
  it('of a missing folder, a folder, a file in place of a folder, and a long name gives 4 messages with path, words and code', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    mkdirSync(join(folder, 'folder'));
    const long = join(folder, 'x'.repeat(300));
    const cases = [
      [join(folder, 'no', 'a'), 'expected a file or folder that exists, received no such file or folder (ENOENT)'],
      [join(folder, 'folder'), 'expected a file, received a folder (EISDIR)'],
      [join(file, 'a'), 'expected a folder, received a file in its place, or in place of a folder above (ENOTDIR)'],
      [long, 'expected a shorter path, received a name that is too long (ENAMETOOLONG)'],
    ] as const;
    for (const [path, words] of cases) {
      const error = thrownBy(() => (path.endsWith('folder') ? readFileSync(path) : writeFileSync(path, '')));
      const where = path.endsWith('folder') ? 'system call read' : path; // reading an opened folder names no path
      expect(messageOf(error)).toContain(`${where}: ${words}`);
      expect(describeError(error).expected).toBe(true);
    }
  });

  it.skipIf(process.platform !== 'linux')(
    'of a full disk names the file that was written, which the system does not',
    async () => {
      const handle = await open('/dev/full', 'w');
      const write = namingFile('run/metrics.jsonl', () => handle.writeFile('x'));
      const error = await write.catch((reason: unknown) => reason);
      await handle.close();
      expect(messageOf(error)).toBe(
        'run/metrics.jsonl: expected free space on the disk, received a full disk (ENOSPC). Free some space, or write to another disk.',
      );
    },
  );

  it('of a rename names the place that could not be taken', async () => {
    writeFileSync(join(folder, 'a'), '');
    const error = await rename(join(folder, 'a'), join(folder, 'no', 'b')).catch((reason: unknown) => reason);
    expect(messageOf(error)).toContain(join('no', 'b: expected'));
  });

  it('is expected for each of the codes that the system has', () => {
    const codes = [...getSystemErrorMap().values()].map(([code]) => code).filter((code) => /^E[A-Z0-9]+$/.test(code));
    expect(codes.length).toBeGreaterThan(60);
    for (const code of codes) {
      const error = Object.assign(new Error(`${code}: reason`), { code, errno: -1, syscall: 'write', path: 'a.npy' });
      expect(describeError(error)).toMatchObject({ expected: true, systemCode: code });
      expect(messageOf(error)).toMatch(/^a\.npy: expected .+, received .+\. [A-Z]/);
    }
  });

  it('of a temporary folder that does not exist names TMPDIR', () => {
    const path = join(tmpdir(), 'cpc-text-XXXXXX');
    const error = Object.assign(new Error('no'), { code: 'ENOENT', errno: -2, syscall: 'mkdtemp', path });
    expect(messageOf(error)).toContain(`The folder of temporary files, ${tmpdir()}, does not exist. Set TMPDIR`);
  });

  it('keeps its code across 2 threads', () => {
    const error = thrownBy(() => openSync(join(folder, 'no'), 'r'));
    const crossed = restoreError(structuredClone(describeError(restoreError(structuredClone(describeError(error))))));
    expect(CpcError.isInstance(crossed)).toBe(true);
    expect(systemErrorIn(crossed)?.code).toBe('ENOENT');
  });

  it('behind 2 refused addresses of one name is found', () => {
    const refused = Object.assign(new Error('no'), { code: 'ECONNREFUSED', errno: -111, syscall: 'connect' });
    const all = Object.assign(new AggregateError([refused, refused]), { code: 'ECONNREFUSED' });
    expect(describeError(all).systemCode).toBe('ECONNREFUSED');
  });
});

it('leaves 4 other errors as they are', () => {
  const badCall = thrownBy(() => writeSync(-1, 'x'));
  for (const error of [new Error('a'), new TypeError('b'), 'text', badCall]) {
    expect(describedSystemError(error)).toBe(error);
    expect(describeError(error).expected).toBe(false);
  }
});
