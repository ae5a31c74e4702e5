/**
 * A command reads and writes what the user named, and its own installation: it opens no Internet socket and leaves nothing in the
 * home folder, the cache or the folder of temporary files. Watched from outside, through /proc.
 */
import { mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from '@cpc/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { cliFolder, temporaryFolder } from './test-support/fake-project.js';
import { start } from './test-support/run-command.js';
import { smallOptions } from './test-support/small-settings.js';

const repository = join(cliFolder, '..', '..');
const settings = [...smallOptions('audio'), '--threads', '1'];

/** Files and sockets that a process or one that it started had open at any time it was looked at. */
async function opened(pid: number, isOver: () => boolean) {
  const files = new Set<string>();
  const sockets = new Set<string>();
  while (!isOver()) {
    const internet = await internetSockets(pid);
    const targets = await Promise.all([pid, ...(await startedBy(pid))].map(targetsOf));
    for (const target of targets.flat()) {
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined && internet.has(inode)) sockets.add(target);
      if (target.startsWith('/') && !target.startsWith('/dev/')) files.add(target);
    }
    await sleep(5);
  }
  return { files: [...files], sockets: [...sockets] };
}

async function startedBy(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => ''));
  const children = (await Promise.all(lists)).flatMap((list) => list.split(' ').filter(Boolean).map(Number));
  return [...children, ...(await Promise.all(children.map(startedBy))).flat()];
}

async function targetsOf(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  return Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => '')));
}

async function internetSockets(pid: number): Promise<Set<string>> {
  const tables = ['tcp', 'tcp6', 'udp', 'udp6'].map((name) =>
    readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => ''),
  );
  const lines = (await Promise.all(tables)).flatMap((table) => table.split('\n').slice(1));
  return new Set(lines.flatMap((line) => line.trim().split(/\s+/)[9] ?? []));
}

interface Watched {
  readonly files: readonly string[];
  readonly sockets: readonly string[];
  /** What lies in the folders of the user that nobody named. */
  readonly left: readonly string[];
}

interface Watching {
  /** A program in the place of the command. */
  readonly bin?: string;
}

/** A command in a folder of its own, with a home, cache and folder of temporary files that are empty. */
async function watched(folder: string, args: readonly string[], { bin }: Watching = {}): Promise<Watched> {
  const places = { HOME: join(folder, 'home'), TMPDIR: join(folder, 'tmp'), XDG_CACHE_HOME: join(folder, 'cache') };
  for (const place of Object.values(places)) await mkdir(place, { recursive: true });
  const { child, finished } = start(args, {
    ...(bin === undefined ? {} : { bin }),
    cwd: folder,
    env: { ...places, ORT_DISABLE_TELEMETRY: undefined, NODE_EXTRA_CA_CERTS: undefined },
  });
  let isOver = false;
  const seen = opened(child.pid ?? 0, () => isOver);
  const { code, stderr } = await finished;
  isOver = true;
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const left = await Promise.all(Object.values(places).map((place) => readdir(place, { recursive: true })));
  return { ...(await seen), left: left.flat() };
}

/** Neither in the working folder, where commands were told to write, nor of the installation. */
const isOutside = (folder: string) => (file: string) => {
  const unnamed = ['home', 'tmp', 'cache'].map((place) => `${folder}/${place}`);
  const allowed = [folder, repository, '/usr/', '/lib', '/proc/', '/sys/', '/etc/ld.so', '/etc/ssl/', process.execPath];
  return unnamed.some((place) => file.startsWith(place)) || !allowed.some((place) => file.startsWith(place));
};

async function expectPrivate(folder: string, command: readonly string[], watching?: Watching): Promise<void> {
  const { files, sockets, left } = await watched(folder, command, watching);
  expect({ command, sockets, left, elsewhere: files.filter(isOutside(folder)) }).toEqual({
    ...{ command, sockets: [], left: [], elsewhere: [] },
  });
  expect(files.length).toBeGreaterThan(0);
}

const urlOf = (name: string, entry: string) =>
  JSON.stringify(pathToFileURL(join(repository, 'packages', name, 'dist', entry)).href);

/** Library use in the main thread, without a word of telemetry. */
const program = `
import { createBuiltInSpeech, createSpeechDomain, smallPreset, speechOptimiser } from ${urlOf('audio', 'index.js')};
import { createMemoryCheckpointStore, train } from ${urlOf('core', 'index.js')};
import { createEngine } from ${urlOf('core', 'node/index.js')};
const settings = { ...smallPreset, channels: 8, contextUnits: 8, windowSamples: 3200, batchSize: 2, predictionSteps: 2, negativeCount: 8 };
const domain = createSpeechDomain(createBuiltInSpeech({ seed: 1, speakers: 2 }), settings);
const engine = await createEngine({ name: 'onnx', threads: 1 });
const run = train({ domain, engine, optimiser: speechOptimiser(settings), seed: 1, steps: 3, checkpoints: createMemoryCheckpointStore() });
let steps = 0;
for await (const { type } of run) if (type === 'step-end') steps += 1;
if (steps !== 3) throw new Error(String(steps));
`;

beforeAll(() => ensureBuilt('@cpc/cli'), 300_000);

describe.skipIf(process.platform !== 'linux')(
  'without a word to anybody (watched through /proc, which Linux has)',
  () => {
    it('trains, embeds, probes and exports with 0 Internet sockets, 0 files elsewhere and 3 folders left empty', async () => {
      const folder = temporaryFolder();
      const run = ['--run', 'run'];
      const commands = [
        ['audio', 'train', '--builtin', '--steps', '3', ...settings, '--out', 'run'],
        ['audio', 'embed', ...run, '--builtin', '--out', 'out.npy', '--pooled', '--threads', '1'],
        ['audio', 'probe', ...run, '--builtin', '--task', 'speakers', '--baselines', 'none', '--threads', '1'],
        ['audio', 'export', ...run, '--out', 'out.onnx'],
      ];
      for (const command of commands) await expectPrivate(folder, command);
    }, 240_000);

    it('trains an agent and says what runs here with 0 Internet sockets, 0 files elsewhere and 3 folders left empty', async () => {
      const folder = temporaryFolder();
      const sizes = [
        'copies=2',
        'unrollSteps=5',
        'encoderUnits=8',
        'contextUnits=8',
        'predictionSteps=2',
        'negativeCount=4',
      ];
      const set = sizes.flatMap((size) => ['--set', size]);
      await expectPrivate(folder, [
        'rl',
        'train',
        '--env',
        'cart_pole',
        '--steps',
        '3',
        ...set,
        '--threads',
        '1',
        '--out',
        'run',
      ]);
      await expectPrivate(folder, ['doctor']);
    }, 240_000);

    it('leaves a program that trains with @cpc/core and @cpc/audio 0 Internet sockets and 3 folders left empty', async () => {
      const folder = temporaryFolder();
      const bin = join(folder, 'train.mjs');
      await writeFile(bin, program);
      await expectPrivate(folder, [], { bin });
    }, 240_000);
  },
);
