/**
 * Small files that ask for gigabytes or hours: each ends within 5 s and 500 MB, with one error, and within 2 s of a SIGTERM that comes at a
 * random moment.
 */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createRandom } from '@cpc/base';
import { ensureBuilt } from '@cpc/testing';
import { domainCommands as textCommands } from '@cpc/text/node';
import { domainCommands as visionCommands } from '@cpc/vision/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  flacBomb,
  flacTags,
  gzipBomb,
  png,
  pngTexts,
  sphereBomb,
  svgBomb,
  wavWithList,
  withId3,
} from './test-support/bombs.js';
import { commandTaking } from './test-support/command-taking.js';
import { temporaryFolder } from './test-support/fake-project.js';
import { builtBin, start } from './test-support/run-command.js';
import { type DomainName, smallOptions } from './test-support/small-settings.js';

/** What finds the most similar data of a domain. */
const searching = {
  audio: '',
  text: commandTaking('query', textCommands),
  vision: commandTaking('query', visionCommands),
};

/** Decides the moments of the signals; set CPC_BOMB_SEED for others. */
const seed = Number(process.env.CPC_BOMB_SEED ?? 24);

let runs = '';
beforeAll(async () => {
  await ensureBuilt('@cpc/cli');
  runs = mkdtempSync(join(tmpdir(), 'cpc-bombs-'));
  for (const domain of ['audio', 'text', 'vision'] as const) {
    const args = [
      domain,
      'train',
      '--builtin',
      ...smallOptions(domain),
      '--steps',
      '1',
      '--workers',
      '0',
      '--out',
      domain,
    ];
    await promisify(execFile)(process.execPath, [builtBin, ...args], { cwd: runs });
  }
}, 600_000);
afterAll(() => rmSync(runs, { recursive: true, force: true }));

interface Attack {
  readonly what: string;
  readonly domain: Exclude<DomainName, 'rl'>;
  readonly file: string;
  readonly bytes: () => Uint8Array;
  /** What the one error says; none where a file is used whose tags are passed over. */
  readonly says?: RegExp;
  readonly copies?: number;
}

const audio = { domain: 'audio', file: 'bomb.flac', says: /bomb\.flac: expected at most \d+ samples/ } as const;
const vision = { domain: 'vision', file: 'bomb.png' } as const;
const text = { domain: 'text', file: 'bomb.txt.gz', says: /bomb\.txt\.gz: expected at most \d+ bytes/ } as const;

const attacks: readonly Attack[] = [
  { ...audio, what: 'FLAC of 58 kB that decodes to 5 hours', bytes: () => flacBomb(58e3, 1) },
  { ...audio, what: 'FLAC of 58 kB that says so', bytes: () => flacBomb(58e3, 1, { stated: 292e6 }) },
  { ...audio, what: 'FLAC of 286 kB with 8 channels', bytes: () => flacBomb(286e3, 8) },
  { ...audio, what: 'FLAC behind an ID3 tag', bytes: () => withId3(flacBomb(58e3, 1), 1000) },
  {
    ...audio,
    what: 'ID3 tag that claims 256 MB',
    bytes: () => withId3(flacBomb(58e3, 1), 268e6, 100),
    says: /bomb\.flac: expected a FLAC file/,
  },
  { ...audio, what: 'FLAC with tags that claim 4 GB', bytes: () => flacBomb(20e3, 1, { blocks: flacTags() }) },
  { domain: 'audio', file: 'a.wav', what: 'WAV with a list of 4 GB', bytes: wavWithList, says: /expected a "data"/ },
  { domain: 'audio', file: 'a.wav', what: 'SPHERE head of 1 GB', bytes: sphereBomb, says: /a\.wav: expected/ },
  {
    ...vision,
    what: '8 interlaced PNGs of 100 megapixels',
    bytes: () => png(10_000, { interlaced: true }),
    says: /received 8 and none of them usable.*more than 64 million.*CPC_MAXIMUM_MEGAPIXELS/,
    copies: 8,
  },
  {
    ...vision,
    what: 'PNG whose profile and texts unpack to 300 MB',
    bytes: () => png(64, { chunks: pngTexts(300e6) }),
  },
  { ...vision, what: 'SVG bomb called .png', bytes: svgBomb, says: /received an (XML|SVG)/ },
  {
    ...vision,
    what: 'SVG bomb behind the first bytes of a PNG',
    bytes: () => Buffer.concat([png(1).subarray(0, 8), svgBomb()]),
    says: /received Input buffer has corrupt header/,
  },
  { ...text, what: 'gzip of one line of 300 MB', bytes: () => gzipBomb(300e6, 'word ') },
  { ...text, what: 'gzip of 300 million blank lines', bytes: () => gzipBomb(300e6, '\n') },
  { ...text, what: 'gzip of 75 million lines', bytes: () => gzipBomb(300e6, 'a b\n') },
];

describe.skipIf(process.platform !== 'linux')('in 5 s and 500 MB', () => {
  it.each(attacks)(
    '$what: 1 error',
    async (attack) => {
      const { folder, data } = await written(attack);
      const args = embedding(attack.domain, data);
      const { code, stderr, seconds, megabytes } = await attacked(folder, args);
      const errors = stderr.split('\n').filter((line) => line.startsWith('cpc: '));
      expect([code, errors.length], stderr).toEqual(attack.says === undefined ? [0, 0] : [1, 1]);
      if (attack.says !== undefined) expect(stderr).toMatch(attack.says);
      expect({ isQuick: seconds < 5, isSmall: megabytes < 500, seconds, megabytes }).toMatchObject({
        isQuick: true,
        isSmall: true,
      });
      await struck(attack, folder, args);
    },
    120_000,
  );

  it.each([
    ['audio', 'train'],
    ['text', 'train'],
    ['vision', 'train'],
    ['vision', 'patches'],
    ['vision', 'search'],
    ['vision', 'probe'],
    ['text', 'search'],
  ] as const)(
    'cpc %s %s of large files that are whole ends within 2 s of SIGTERM, with nothing left behind',
    async (domain, command) => {
      const folder = temporaryFolder();
      const data = join(folder, 'data');
      const run = join(runs, domain);
      const scratch = join(folder, 'tmp');
      await mkdir(scratch);
      await fill(domain, data);
      const args = {
        train: [
          'train',
          '--data',
          data,
          ...smallOptions(domain),
          '--strict',
          '--steps',
          '1',
          '--out',
          join(folder, 'run'),
        ],
        patches: ['patches', '--run', run, '--data', data, '--features', '0', '--out', join(folder, 'o.html')],
        search: [searching[domain], '--run', run, '--data', data, '--query', domain === 'text' ? 'a word' : '0'],
        probe: ['probe', '--run', run, '--data', data],
      }[command];
      for (const moment of moments(`${domain} ${command}`, 3)) {
        const { code, signal, late, stderr } = await struckAt(moment, folder, [domain, ...args], scratch);
        expect(
          { ended: code === 130 || signal === 'SIGTERM' || signal === 'SIGINT', late: late < 2 },
          `${code} ${late} ${stderr}`,
        ).toEqual({
          ended: true,
          late: true,
        });
        const names = await readdir(folder);
        expect(names.filter((name) => !['data', 'tmp', 'run'].includes(name))).toEqual([]);
        expect((await readdir(scratch)).filter((name) => name.startsWith('cpc-'))).toEqual([]);
      }
    },
    240_000,
  );
});

/** Data that take long to open, and are whole. */
async function fill(domain: Exclude<DomainName, 'rl'>, data: string): Promise<void> {
  await mkdir(join(data, 'a'), { recursive: true });
  await mkdir(join(data, 'b'));
  const make = {
    audio: () => flacBomb(250, 1, { stated: 0 }),
    text: () => Buffer.alloc(8e6, 'The cat saw a bird by the sea. It sang.\n'),
    vision: () => png(7900, { interlaced: true }),
  }[domain]();
  const ending = { audio: 'flac', text: 'txt', vision: 'png' }[domain];
  for (let index = 0; index < 40; index++)
    await writeFile(join(data, index % 2 === 0 ? 'a' : 'b', `${index}.${ending}`), make);
}

async function written({ file, bytes, copies = 1, domain }: Attack) {
  const folder = temporaryFolder();
  await mkdir(join(folder, 'data'));
  const contents = bytes();
  for (let copy = 0; copy < copies; copy++)
    await writeFile(join(folder, 'data', copies === 1 ? file : `${copy}-${file}`), contents);
  return { folder, data: domain === 'text' ? join('data', file) : 'data' };
}

function embedding(domain: Exclude<DomainName, 'rl'>, data: string): string[] {
  const pooled = domain === 'vision' ? ['--pooled'] : [];
  return [domain, 'embed', '--run', join(runs, domain), '--data', data, '--out', 'o.npy', ...pooled, '--threads', '1'];
}

/** The command's answer, the time it took (of the processor, where others share it) and the most memory that was resident. */
async function attacked(folder: string, args: readonly string[]) {
  const begun = performance.now();
  const { child, finished } = start(args, { cwd: folder });
  let [megabytes, processor] = [0, 0];
  const timer = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => '');
    const [user = 0, system = 0] = stat.split(' ').slice(13, 15).map(Number);
    processor = Math.max(processor, (user + system) / 100);
    megabytes = Math.max(megabytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000);
  }, 20);
  const { code, stderr } = await finished;
  clearInterval(timer);
  return { code, stderr, seconds: Math.min(processor, (performance.now() - begun) / 1000), megabytes };
}

/** Milliseconds after the start. */
function moments(name: string, count: number): number[] {
  const random = createRandom(seed).fold(name);
  return Array.from({ length: count }, () => 800 + 3000 * random.uniform());
}

async function struck({ what }: Attack, folder: string, args: readonly string[]): Promise<void> {
  for (const moment of moments(what, 1)) {
    const { late } = await struckAt(moment, folder, args);
    expect(late, `${late} s after SIGTERM at ${moment} ms`).toBeLessThan(2);
  }
}

/** @returns how many seconds after the signal it ended. */
async function struckAt(moment: number, folder: string, args: readonly string[], scratch?: string) {
  const { child, finished } = start(args, {
    cwd: folder,
    ...(scratch === undefined ? {} : { env: { TMPDIR: scratch } }),
  });
  const ended = finished.then(() => performance.now());
  await sleep(moment);
  const sent = performance.now();
  child.kill('SIGTERM');
  const { code, signal, stderr } = await finished;
  return { code, signal, stderr, late: ((await ended) - sent) / 1000 };
}
