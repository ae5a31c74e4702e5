/** Small files that expand to gigabytes end within 5 s and 500 MB, with one error. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ensureBuilt } from '@cpc/testing';
import { beforeAll, expect, it } from 'vitest';
import { cliFolder, temporaryFolder } from './test-support/fake-project.js';
import { run, start } from './test-support/run-command.js';

beforeAll(() => ensureBuilt('@cpc/cli'), 300_000);

const set = (settings: readonly string[]) => settings.flatMap((setting) => ['--set', setting]);
const ending = ['--threads', '1', '--workers', '0', '--steps', '1', '--out', 'run'];
const small = {
  audio: ['channels=6', 'contextUnits=5', 'windowSamples=3200', 'batchSize=2', 'predictionSteps=3', 'negativeCount=8'],
  vision: [
    ...[
      'resizePixels=28',
      'patchPixels=8',
      'patchStride=4',
      'gridSize=5',
      'lastOffset=4',
      'subcropPixels=7',
      'depth=18',
    ],
    ...['width=4', 'contextUnits=8', 'negativeCount=50', 'batchSize=4'],
  ],
} as const;

/** The command's answer, the time it took and the most memory that was resident. */
async function attacked(folder: string, args: readonly string[]) {
  const begun = performance.now();
  const { child, finished } = start(args, { cwd: folder });
  let megabytes = 0;
  const timer = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    megabytes = Math.max(megabytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000);
  }, 20);
  const { code, stderr } = await finished;
  clearInterval(timer);
  return { code, stderr, seconds: (performance.now() - begun) / 1000, megabytes };
}

/** A FLAC file whose STREAMINFO claims as many samples as frames of 10 bytes could hold. */
function flacBomb(bytes: number, channels: number): Uint8Array {
  const file = new Uint8Array(bytes);
  file.set([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, 34, 0xff, 0xff, 0xff, 0xff]);
  const samples = Math.floor(bytes / 10) * 65_536;
  const view = new DataView(file.buffer);
  view.setUint32(18, (16_000 * 4096 + (channels - 1) * 512 + 15 * 16) >>> 0);
  view.setUint8(21, (view.getUint8(21) & 0xf0) | Math.floor(samples / 2 ** 32));
  view.setUint32(22, samples % 2 ** 32);
  return file;
}

it.skipIf(process.platform !== 'linux').each([
  ['58 kB', 58_000, 1],
  ['286 kB with 8 channels', 286_000, 8],
])(
  'a FLAC file of %s that claims hours is refused within 5 s and 500 MB',
  async (_, bytes, channels) => {
    const folder = temporaryFolder();
    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'data', 'bomb.flac'), flacBomb(bytes, channels));
    await run(['audio', 'train', '--builtin', ...set(small.audio), ...ending], { cwd: folder });
    const args = ['audio', 'embed', '--run', 'run', '--data', 'data', '--out', 'o.npy', '--threads', '1'];
    const { code, stderr, seconds, megabytes } = await attacked(folder, args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/bomb\.flac: expected at most \d+ samples/);
    expect({ isQuick: seconds < 5, isSmall: megabytes < 500, seconds, megabytes }).toMatchObject({
      isQuick: true,
      isSmall: true,
    });
  },
  120_000,
);

it.skipIf(process.platform !== 'linux')(
  '8 interlaced PNGs of 100 megapixels stay below 500 MB together',
  async () => {
    const folder = temporaryFolder();
    await mkdir(join(folder, 'data'));
    const sharp = createRequire(join(cliFolder, '..', 'vision', 'package.json'))('sharp');
    const create = { width: 10_000, height: 10_000, channels: 3, background: '#804020' } as const;
    const bomb = await sharp({ create }).png({ progressive: true, compressionLevel: 9 }).toBuffer();
    for (let index = 0; index < 8; index++) await writeFile(join(folder, 'data', `${index}.png`), bomb);
    await run(['vision', 'train', '--builtin', ...set(small.vision), ...ending], { cwd: folder });
    const args = ['vision', 'embed', '--run', 'run', '--data', 'data', '--out', 'o.npy', '--pooled', '--threads', '1'];
    const { code, megabytes } = await attacked(folder, args);
    expect({ code, isSmall: megabytes < 600, megabytes }).toMatchObject({ code: 0, isSmall: true });
  },
  300_000,
);
