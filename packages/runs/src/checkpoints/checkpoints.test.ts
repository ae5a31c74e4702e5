import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@cpc/base';

import type { Checkpoint } from '@cpc/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeSafetensors } from '../formats/safetensors.js';
import { writeCheckpoint } from './checkpoint-file.js';
import { createCheckpointStore, tidyCheckpoints } from './checkpoints.js';

function checkpointAt(step: number): Checkpoint {
  return {
    step,
    tensors: {
      'encoder/kernel': { shape: [2, 2], data: Float32Array.of(step, 0.1, -0, 1e-30) },
      'moments/first/encoder/kernel': { shape: [2, 2], data: new Float32Array(4) },
    },
    metadata: { position: `epoch ${step}`, note: '"cpc.sha256":"' },
  };
}

let folder = '';
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'cpc-checkpoints-')), 'checkpoints');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

const pathOf = (step: number) => join(folder, `step-${String(step).padStart(8, '0')}.safetensors`);

describe('a store in a folder', () => {
  it('that does not exist holds 0 checkpoints', async () => {
    const store = createCheckpointStore(folder);
    expect([await store.latest(), await store.list()]).toEqual([undefined, []]);
  });

  it('gives back step 500 to the last bit, from step-00000500.safetensors', async () => {
    const path = await createCheckpointStore(folder).save(checkpointAt(500));
    expect(path).toBe(join(folder, 'step-00000500.safetensors'));
    expect(await createCheckpointStore(folder).latest()).toEqual(checkpointAt(500));
  });

  it('keeps the newest 3 of 5', async () => {
    const store = createCheckpointStore(folder);
    for (const step of [10, 20, 30, 40, 50]) await store.save(checkpointAt(step));
    expect(await store.list()).toEqual([30, 40, 50].map((step) => ({ step, path: pathOf(step) })));
  });

  it('keeps the newest 1 of 3 if told so, and never 0', async () => {
    const store = createCheckpointStore(folder, 1);
    for (const step of [1, 2, 3]) await store.save(checkpointAt(step));
    expect(await store.list()).toEqual([{ step: 3, path: pathOf(3) }]);
    expect(() => createCheckpointStore(folder, 0)).toThrow(/keep to be a whole number from 1, received 0/);
  });

  it('writes a step of 9 digits with 9 digits, and sorts it after one of 8', async () => {
    const store = createCheckpointStore(folder);
    await store.save(checkpointAt(99_999_999));
    await store.save(checkpointAt(100_000_000));
    expect((await store.list()).map(({ step }) => step)).toEqual([99_999_999, 100_000_000]);
  });

  it('clears 1 leftover temporary file away on the next save, and never takes it for a checkpoint', async () => {
    const store = createCheckpointStore(folder);
    await store.save(checkpointAt(1));
    await writeFile(join(folder, '.step-00000002.safetensors.0b9f9a30-0000-4000-8000-000000000000.tmp'), 'cut');
    expect(await store.latest()).toEqual(checkpointAt(1));
    await store.save(checkpointAt(2));
    expect((await readdir(folder)).sort()).toEqual(['step-00000001.safetensors', 'step-00000002.safetensors']);
  });

  it('refuses a tensor of whole numbers, which could not be read, and writes no file', async () => {
    const whole = Object.assign({ shape: [1], data: Float32Array.of(1) }, { data: Int32Array.of(1) });
    const path = join(folder, '..', 'whole.safetensors');
    const writing = writeCheckpoint(path, { step: 1, tensors: { whole }, metadata: {} });
    await expect(writing).rejects.toThrow(/"whole" to be float32/);
    await expect(readFile(path)).rejects.toThrow(/ENOENT/);
  });

  it('refuses metadata called cpc.step, and a step of 1.5', async () => {
    const store = createCheckpointStore(folder);
    await expect(store.save({ ...checkpointAt(1), metadata: { 'cpc.step': '2' } })).rejects.toThrow(
      /without "cpc.step"/,
    );
    await expect(store.save(checkpointAt(1.5))).rejects.toThrow(/a whole number from 0, received 1\.5/);
  });
});

describe('when the newest of 2 checkpoints is damaged', () => {
  /** Saves steps 1 and 2, damages 2, and returns what `latest` gives and reports. */
  async function afterDamage(damage: (bytes: Uint8Array) => Uint8Array) {
    const store = createCheckpointStore(folder);
    await store.save(checkpointAt(1));
    await store.save(checkpointAt(2));
    await writeFile(pathOf(2), damage(await readFile(pathOf(2))));
    const damaged: string[] = [];
    const reasons: string[] = [];
    const checkpoint = await store.latest(({ path, reason }) => {
      damaged.push(path);
      reasons.push(reason);
    });
    return { step: checkpoint?.step, damaged, reasons };
  }

  it('step 1 is taken whichever of its bytes is changed: every 7th tried', async () => {
    const store = createCheckpointStore(folder);
    await store.save(checkpointAt(1));
    await store.save(checkpointAt(2));
    const sound = await readFile(pathOf(2));
    for (let place = 0; place < sound.length; place += 7) {
      const bytes = Uint8Array.from(sound, (byte, index) => (index === place ? byte ^ 1 : byte));
      await writeFile(pathOf(2), bytes);
      expect((await store.latest())?.step, `byte ${place}`).toBe(1);
    }
  });

  it('step 1 is taken wherever the file is cut off: 40 places tried', async () => {
    const random = createRandom(1);
    for (let trial = 0; trial < 40; trial++) {
      const { step, damaged } = await afterDamage((bytes) => bytes.subarray(0, random.integer(bytes.length)));
      expect([step, damaged]).toEqual([1, [pathOf(2)]]);
    }
  });

  it('the damaged file is reported once, with its path and both checksums', async () => {
    const flipLast = (bytes: Uint8Array) => bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte));
    const { damaged, reasons } = await afterDamage(flipLast);
    expect(damaged).toEqual([pathOf(2)]);
    expect(reasons[0]).toMatch(
      /step-00000002\.safetensors: expected the SHA-256 [0-9a-f]{64}, received [0-9a-f]{64}\./,
    );
  });

  it('a safetensors file without a checksum is called no checkpoint', async () => {
    const { step, reasons } = await afterDamage(() =>
      encodeSafetensors({ a: { shape: [], data: Float32Array.of(1) } }),
    );
    expect(step).toBe(1);
    expect(reasons[0]).toMatch(/expected a checkpoint, with cpc\.step and cpc\.sha256 in its metadata/);
  });

  it('the next save, of step 1, makes step 1 the only one, even where just 1 is kept', async () => {
    await afterDamage((bytes) => bytes.subarray(0, 9));
    const store = createCheckpointStore(folder, 1);
    await store.save(checkpointAt(1));
    expect(await store.list()).toEqual([{ step: 1, path: pathOf(1) }]);
  });

  it('undefined is the latest when all are damaged, and 2 are reported', async () => {
    await afterDamage(() => Uint8Array.of(1));
    await writeFile(pathOf(1), '');
    const damaged: string[] = [];
    expect(await createCheckpointStore(folder).latest(({ path }) => damaged.push(path))).toBeUndefined();
    expect(damaged).toEqual([pathOf(2), pathOf(1)]);
  });
});

const isWindows = process.platform === 'win32';
const isRoot = process.getuid?.() === 0;

describe.skipIf(isWindows)('when in the place of the newest of 2 checkpoints is', () => {
  /** An empty place for step 2, beside a whole step 1. */
  async function storeWithPlace() {
    const store = createCheckpointStore(folder);
    await store.save(checkpointAt(1));
    return store;
  }

  const makers: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
    'a directory': async (path) => {
      await mkdir(path);
      await writeFile(join(path, 'mine'), 'x');
    },
    'a FIFO': async (path) => execFileSync('mkfifo', [path]),
    'a device': (path) => symlink('/dev/zero', path),
    'a dangling link': (path) => symlink('gone', path),
    'a link to itself': (path) => symlink('step-00000002.safetensors', path),
    '0 bytes': (path) => writeFile(path, ''),
    '5 GiB of zeros': async (path) => {
      await writeFile(path, '');
      await truncate(path, 5 * 2 ** 30);
    },
    'a header that claims 2^62 bytes': (path) => writeFile(path, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 64, 123, 125)),
  };

  it.each(Object.entries(makers))(
    '%s, step 1 is taken and 1 warning given; the run then saves steps 2 and 3',
    async (_, make) => {
      const store = await storeWithPlace();
      await make(pathOf(2));
      const damaged: string[] = [];
      expect(await store.latest(({ path }) => damaged.push(path))).toEqual(checkpointAt(1));
      expect(damaged).toEqual([pathOf(2)]);
      await store.save(checkpointAt(2));
      await store.save(checkpointAt(3));
      expect(await store.latest()).toEqual(checkpointAt(3));
      expect((await store.list()).map(({ step }) => step)).toEqual([1, 2, 3]);
    },
  );

  it('a directory, it is set aside with what it holds when step 1 is saved again', async () => {
    const store = await storeWithPlace();
    await mkdir(pathOf(2));
    await writeFile(join(pathOf(2), 'mine'), 'x');
    await store.save(checkpointAt(1));
    expect((await store.list()).map(({ step }) => step)).toEqual([1]);
    expect(await readFile(join(`${pathOf(2)}.set-aside-1`, 'mine'), 'utf8')).toBe('x');
  });

  it('a socket, step 1 is taken', async () => {
    const store = await storeWithPlace();
    const server = createServer().listen(pathOf(2));
    await once(server, 'listening');
    expect((await store.latest())?.step).toBe(1);
    server.close();
  });

  const isLinux = process.platform === 'linux';
  it.skipIf(!isLinux)(
    'a file that the system fails to read (EIO; Linux), step 1 is taken and the code named',
    async () => {
      const store = await storeWithPlace();
      await symlink('/proc/self/mem', pathOf(2));
      const reasons: string[] = [];
      expect((await store.latest(({ reason }) => reasons.push(reason)))?.step).toBe(1);
      expect(reasons).toEqual([expect.stringMatching(/EIO/)]);
    },
  );

  it.skipIf(isRoot)('a file without permission, step 1 is taken (skipped as root, who may read all)', async () => {
    const store = await storeWithPlace();
    await store.save(checkpointAt(2));
    await chmod(pathOf(2), 0);
    expect((await store.latest())?.step).toBe(1);
  });
});

describe('tidying a folder', () => {
  it('of 5 whole checkpoints, 1 unreadable one and a leftover keeps the newest 3 whole ones and the unreadable one', async () => {
    const store = createCheckpointStore(folder, 9);
    for (const step of [1, 2, 3, 4, 5]) await store.save(checkpointAt(step));
    await writeFile(pathOf(6), 'cut');
    await writeFile(join(folder, '.step-00000007.safetensors.0b9f9a30-0000-4000-8000-000000000000.tmp'), 'cut');
    await tidyCheckpoints(folder, 5);
    expect((await readdir(folder)).sort()).toEqual([3, 4, 5, 6].map((step) => `step-0000000${step}.safetensors`));
  });

  it('that does not exist does nothing', async () => {
    await tidyCheckpoints(folder, 0);
  });
});
