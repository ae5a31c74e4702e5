import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CpcError } from '@cpc/base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openRegularFile,
  readRange,
  readRegularFile,
  readRegularText,
  readRegularTextIfThere,
  regularFilePieces,
} from './regular-file.js';

const isWindows = process.platform === 'win32';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'regular-file-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function collected(path: string, pieceBytes: number): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of regularFilePieces(path, { pieceBytes })) pieces.push(piece);
  return pieces;
}

describe('a regular file', () => {
  it('of 5 bytes is read whole, as text, in pieces of 2, and from byte 1 on', async () => {
    const path = join(folder, 'a');
    await writeFile(path, 'hallo');
    expect(await readRegularFile(path)).toEqual(new Uint8Array(Buffer.from('hallo')));
    expect(await readRegularText(path)).toBe('hallo');
    expect((await collected(path, 2)).map(({ length }) => length)).toEqual([2, 2, 1]);
    const file = await openRegularFile(path);
    expect(Buffer.from(await readRange(file, 1, 3)).toString()).toBe('all');
    expect(await readRange(file, 4, 100)).toHaveLength(1);
    await file.close();
  });

  it('of 0 bytes gives 0 bytes and 0 pieces', async () => {
    const path = join(folder, 'empty');
    await writeFile(path, '');
    expect(await readRegularFile(path)).toHaveLength(0);
    expect(await collected(path, 2)).toEqual([]);
  });

  it.skipIf(isWindows)('is read through a chain of 2 links, and by a second hard name', async () => {
    await writeFile(join(folder, 'a'), 'x');
    await symlink('a', join(folder, 'b'));
    await symlink('b', join(folder, 'c'));
    await link(join(folder, 'a'), join(folder, 'd'));
    expect(await readRegularText(join(folder, 'c'))).toBe('x');
    expect(await readRegularText(join(folder, 'd'))).toBe('x');
  });

  it('that does not exist is undefined, or the system’s ENOENT with its path', async () => {
    const path = join(folder, 'none');
    expect(await readRegularTextIfThere(path)).toBeUndefined();
    await expect(readRegularFile(path)).rejects.toMatchObject({ code: 'ENOENT', path });
  });

  it('of 6 bytes is refused where at most 5 are allowed, before it is read', async () => {
    const path = join(folder, 'a');
    await writeFile(path, 'hallo!');
    await expect(readRegularFile(path, { maximumBytes: 5 })).rejects.toThrow(
      /expected a file of at most 5 bytes, received 6 bytes/,
    );
    expect(await readRegularText(path, { maximumBytes: 6 })).toBe('hallo!');
  });

  it('of 3 GiB, sparse, is read in part behind the first 2 GiB', async () => {
    const path = join(folder, 'large');
    await writeFile(path, '');
    await truncate(path, 3 * 2 ** 30);
    const file = await openRegularFile(path);
    expect(await readRange(file, 3 * 2 ** 30 - 4, 100)).toEqual(new Uint8Array(4));
    await file.close();
  });
});

describe.skipIf(isWindows)('what is no regular file is refused by what it is:', () => {
  const makers: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
    'a directory': (path) => mkdir(path),
    'a FIFO (named pipe)': async (path) => execFileSync('mkfifo', [path]),
    'a device': (path) => symlink('/dev/zero', path),
    'a link to gone, which does not exist': (path) => symlink('gone', path),
    'a link to odd, which does not exist or cannot be reached': (path) => symlink('odd', path), // to itself
  };

  it.each(Object.entries(makers))('%s', async (kind, make) => {
    const path = join(folder, 'odd');
    await make(path);
    for (const read of [readRegularFile, readRegularText, readRegularTextIfThere, openRegularFile]) {
      const error = await read(path).catch((thrown: unknown) => thrown);
      expect(CpcError.isInstance(error)).toBe(true);
      expect(String(error)).toContain(`${path}: expected a regular file, received ${kind}`);
    }
    await expect(collected(path, 10)).rejects.toThrow('expected a regular file');
  });

  it('a socket', async () => {
    const path = join(folder, 'odd');
    const server = createServer().listen(path);
    await once(server, 'listening');
    await expect(readRegularFile(path)).rejects.toThrow(/expected a regular file, received a socket/);
    server.close();
  });

  it('a FIFO with a writer at its other end', async () => {
    const path = join(folder, 'odd');
    execFileSync('mkfifo', [path]);
    const script = 'exec 3<>"$1"; echo hi >&3; echo ready; exec sleep 60';
    const writer = spawn('sh', ['-c', script, 'sh', path]);
    await once(writer.stdout, 'data');
    await expect(readRegularFile(path)).rejects.toThrow(/received a FIFO/);
    writer.kill('SIGKILL');
    await once(writer, 'exit');
  });
});
