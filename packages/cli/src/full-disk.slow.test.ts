/**
 * A disk that is full at ten moments of a training, over all domains, and while features are written: one error that names the file and the
 * command that resumes. With room again, that command ends with the very files of a run that had room from the beginning.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@cpc/base';
import { ensureBuilt } from '@cpc/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliFolder, temporaryFolder } from './test-support/fake-project.js';
import { run as command } from './test-support/run-command.js';
import { filesOf } from './test-support/run-files.js';
import { type DomainName, smallOptions } from './test-support/small-settings.js';

/** Decides how much room there is; set CPC_DISK_SEED for other moments. */
const seed = Number(process.env.CPC_DISK_SEED ?? 24);
const megabytes = 8;

const disk = mkdtempSync(join(tmpdir(), 'cpc-disk-'));
const isMounted = mounted();

function mounted(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // not root, or not Linux
  }
}

beforeAll(() => ensureBuilt('@cpc/cli'), 300_000);
afterAll(() => {
  if (isMounted) execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

/** Leaves so many bytes of the disk, as whole pages. */
async function leaveRoom(bytes: number): Promise<void> {
  const { bavail, bsize } = statfsSync(disk);
  await writeFile(join(disk, 'filler'), new Uint8Array(Math.max(0, bavail * bsize - bytes)));
}

const makeRoom = () => rm(join(disk, 'filler'), { force: true });

function used(): number {
  const { blocks, bfree, bsize } = statfsSync(disk);
  return (blocks - bfree) * bsize;
}

const options = (domain: DomainName) => [
  ...(domain === 'rl' ? ['--env', 'cart_pole'] : ['--builtin']),
  ...smallOptions(domain),
  ...['--steps', '12', '--checkpoint-every', '3', '--workers', '0', '--threads', '1'],
];

const errorsIn = (stderr: string) => stderr.split('\n').filter((line) => line.startsWith('cpc: '));

describe.skipIf(!isMounted)('a full disk (needs root, to mount a small one)', () => {
  it.each([
    ['audio', 3],
    ['text', 2],
    ['vision', 3],
    ['rl', 2],
  ] as const)(
    'at moments of %s train, %i of them, is 1 error each, and the run that is resumed ends with the same files',
    async (domain, times) => {
      const whole = join(disk, 'whole');
      const train = (out: string, ...more: string[]) =>
        command([domain, 'train', ...options(domain), '--out', out, ...more], { cwd: cliFolder });
      const before = used();
      expect(await train(whole)).toMatchObject({ code: 0 });
      const bytes = used() - before;
      const wanted = await filesOf(whole);
      await rm(whole, { recursive: true });

      const random = createRandom(seed).fold(domain);
      for (let time = 0; time < times; time++) {
        const room = Math.floor((bytes * (time + 0.9 * random.uniform())) / times);
        const out = join(disk, 'run');
        await leaveRoom(room);
        const { code, stderr } = await train(out);
        const story = `CPC_DISK_SEED=${seed}: ${room} of ${bytes} bytes: ${stderr}`;
        expect([code, errorsIn(stderr).length], story).toEqual([1, 1]);
        expect(stderr, story).toContain(out);
        expect(stderr, story).toMatch(/no space left on the device|disk is full|ENOSPC/i);
        const isBegun = existsSync(join(out, 'run.json'));
        expect(stderr.includes('--resume'), story).toBe(isBegun);
        await makeRoom();
        expect(await train(out, ...(isBegun ? ['--resume'] : [])), story).toMatchObject({ code: 0 });
        expect(await filesOf(out), story).toEqual(wanted);
        expect(
          (await readdir(out)).filter((name) => /lock|tmp/.test(name)),
          story,
        ).toEqual([]);
        await rm(out, { recursive: true });
      }
    },
    600_000,
  );

  it('while features are written is 1 error with the file, which is not there; with room, its bytes are those of another disk', async () => {
    const folder = temporaryFolder();
    const model = join(folder, 'run');
    expect(await command(['text', 'train', ...options('text'), '--out', model], { cwd: cliFolder })).toMatchObject({
      code: 0,
    });
    const lines = join(folder, 'lines.txt');
    await writeFile(lines, 'A cat sat.\n'.repeat(20_000));
    const embed = (out: string) =>
      command(['text', 'embed', '--run', model, '--data', lines, '--out', out], { cwd: cliFolder });
    const out = join(disk, 'o.npy');
    for (const room of [0, 300_000]) {
      await leaveRoom(room);
      const { code, stderr } = await embed(out);
      expect([code, errorsIn(stderr).length], stderr).toEqual([1, 1]);
      expect(stderr).toContain(out);
      await makeRoom();
      expect(await readdir(disk)).toEqual([]);
    }
    await mkdir(join(folder, 'other'));
    for (const path of [out, join(folder, 'other', 'o.npy')]) expect(await embed(path)).toMatchObject({ code: 0 });
    expect((await readFile(out)).equals(await readFile(join(folder, 'other', 'o.npy')))).toBe(true);
  }, 300_000);
});
