/**
 * A FIFO without a writer in the place of every file that a command reads: opening one waits for ever. Every command ends by itself,
 * and either refuses the FIFO by what it is, or takes what stands in for it.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from '@cpc/testing';
import { domainCommands as textCommands } from '@cpc/text/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { commandTaking } from './test-support/command-taking.js';
import { cliFolder, temporaryFolder } from './test-support/fake-project.js';
import { start } from './test-support/run-command.js';
import { type DomainName, smallOptions } from './test-support/small-settings.js';

const isWindows = process.platform === 'win32';
const patience = 60_000;

const builtin = (domain: DomainName) => (domain === 'rl' ? ['--env', 'cart_pole'] : ['--builtin']);

function trainArguments(domain: DomainName, out: string, steps: number): string[] {
  return [
    domain,
    'train',
    ...builtin(domain),
    ...smallOptions(domain),
    '--steps',
    String(steps),
    '--checkpoint-every',
    '2',
    '--out',
    out,
  ];
}

/** @returns code and stderr; the code is null if it had to be killed. */
async function ended(args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const { child, finished } = start(args, { cwd: cliFolder });
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  const { code, stderr } = await finished;
  clearTimeout(timer);
  return { code, stderr };
}

function fifo(...parts: string[]): string {
  const path = join(...parts);
  rmSync(path, { recursive: true, force: true });
  execFileSync('mkfifo', [path]);
  return path;
}

beforeAll(() => ensureBuilt('@cpc/cli'), 300_000);

describe.skipIf(isWindows)('a FIFO in the place of', () => {
  it.each<DomainName>(['audio', 'text', 'vision', 'rl'])(
    '5 files of a run of %s is refused or passed over',
    async (domain) => {
      const folder = temporaryFolder();
      const run = join(folder, 'run');
      expect(await ended(trainArguments(domain, run, 4))).toMatchObject({ code: 0 });
      const copyWith = (...place: string[]) => {
        const copy = join(folder, place.join('-'));
        cpSync(run, copy, { recursive: true });
        fifo(copy, ...place);
        return copy;
      };
      const resumed = (copy: string) => ended([...trainArguments(domain, copy, 6), '--resume']);

      for (const name of ['run.json', 'metrics.jsonl', 'run.lock']) {
        const { code, stderr } = await resumed(copyWith(name));
        expect([code, stderr]).toEqual([1, expect.stringContaining('received a FIFO (named pipe)')]);
      }
      const newest = readdirSync(join(run, 'checkpoints')).sort().at(-1) ?? '';
      const { code, stderr } = await resumed(copyWith('checkpoints', newest));
      expect([code, stderr]).toEqual([0, expect.stringContaining('received a FIFO (named pipe)')]);

      const exported = await ended([
        domain,
        'export',
        '--run',
        copyWith('model.safetensors'),
        '--out',
        join(folder, 'a.onnx'),
      ]);
      expect([exported.code, exported.stderr]).toEqual([1, expect.stringContaining('received a FIFO (named pipe)')]);
    },
    400_000,
  );

  it.each<DomainName>(['audio', 'text', 'vision', 'rl'])(
    'the settings of %s train is refused',
    async (domain) => {
      const folder = temporaryFolder();
      const config = fifo(folder, 'settings.json');
      const { code, stderr } = await ended([...trainArguments(domain, join(folder, 'run'), 2), '--config', config]);
      expect(code).toBeGreaterThan(0);
      expect(stderr).toContain('it is a FIFO (named pipe)');
    },
    100_000,
  );

  it('the data of audio, text and vision train, or of 1 file among them, ends with an error or a warning', async () => {
    const folder = temporaryFolder();
    for (const [domain, name] of [
      ['audio', 'a.wav'],
      ['text', 'a.txt'],
      ['vision', 'a.png'],
    ] as const) {
      const data = join(folder, domain);
      mkdirSync(data);
      const path = fifo(data, name);
      for (const given of [data, path]) {
        const { code, stderr } = await ended([
          domain,
          'train',
          '--data',
          given,
          '--steps',
          '1',
          '--out',
          join(folder, 'run'),
        ]);
        expect([domain, given, code, stderr]).toEqual([domain, given, expect.any(Number), expect.stringMatching(/\w/)]);
        expect(code).toBeGreaterThan(0);
      }
    }
  }, 400_000);

  it('folds, recordings, word vectors, sentence tasks and lines to embed is refused', async () => {
    const folder = temporaryFolder();
    const speech = join(folder, 'speech');
    const text = join(folder, 'text');
    expect(await ended(trainArguments('audio', speech, 2))).toMatchObject({ code: 0 });
    expect(await ended(trainArguments('text', text, 2))).toMatchObject({ code: 0 });
    const pipe = fifo(folder, 'pipe.txt');
    const vectors = fifo(folder, 'vectors.bin');
    const tasks = join(folder, 'tasks');
    mkdirSync(tasks);
    fifo(tasks, 'MR.all');
    const lines = join(folder, 'lines.txt');
    writeFileSync(lines, 'One line.\n');
    const out = join(folder, 'a.npy');
    for (const args of [
      ['audio', 'probe', '--run', speech, '--builtin', '--folds', pipe],
      ['audio', 'embed', '--run', speech, '--data', pipe, '--out', out],
      ['text', 'embed', '--run', text, '--data', pipe, '--out', out],
      ['text', 'embed', '--run', text, '--data', lines, '--word-vectors', pipe, '--out', out],
      ['text', 'embed', '--run', text, '--data', lines, '--word-vectors', vectors, '--out', out],
      ['text', 'probe', '--run', text, '--data', tasks, '--task', 'mr'],
      ['text', commandTaking('query', textCommands), '--run', text, '--data', pipe, '--query', 'One line.'],
    ]) {
      const { code, stderr } = await ended(args);
      expect([args, code, stderr]).toEqual([args, expect.any(Number), expect.stringMatching(/\w/)]);
      expect(code, stderr).toBeGreaterThan(0);
    }
  }, 400_000);
});
