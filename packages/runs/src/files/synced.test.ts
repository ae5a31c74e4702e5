import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { syncFile } from './synced.js';

/** A file handle whose `sync` fails. */
function failing(code?: string) {
  return {
    sync: async () => {
      throw Object.assign(new Error('Method not implemented.'), code === undefined ? {} : { code });
    },
  };
}

it.each([
  undefined, // Yarn's Plug'n'Play
  'EINVAL',
  'ENOSYS',
  'ENOTSUP',
  'EOPNOTSUPP',
])('continues where syncing is not supported: code %s', async (code) => {
  await expect(syncFile(failing(code))).resolves.toBeUndefined();
});

it.each(['EIO', 'ENOSPC', 'EDQUOT', 'EBADF'])('passes on %s: the data are not on the disk', async (code) => {
  await expect(syncFile(failing(code))).rejects.toMatchObject({ code });
});

it('syncs a real file once', async () => {
  const path = join(tmpdir(), `synced-${process.pid}`);
  const handle = await open(path, 'wx');
  let calls = 0;
  await syncFile({
    sync: () => {
      calls += 1;
      return handle.sync();
    },
  });
  await handle.close();
  await rm(path);
  expect(calls).toBe(1);
});
