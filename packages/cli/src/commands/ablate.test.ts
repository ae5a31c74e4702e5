import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { LoadedDomain } from '../domains/load-domain.js';
import { exitCodes } from '../errors.js';
import { type AblateOptions, runAblate } from './ablate.js';
import { runTask, withProgress } from './domain-work.js';

vi.mock('./domain-work.js', () => ({ runTask: vi.fn(), withProgress: vi.fn() }));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-ablate-command-'));
  await writeFile(join(folder, 'table.md'), '| a table |\n');
});
afterAll(() => rm(folder, { recursive: true }));

/** Of work that was asked to stop and told of these files: exit code, stdout and stderr. */
async function stoppedAfter(files: readonly string[], json: boolean) {
  const progress = { say: () => undefined, update: () => undefined, pause: () => undefined };
  vi.mocked(withProgress).mockImplementation((work) => work({ progress, signal: AbortSignal.abort() }));
  const told = files.map((name) => ({ path: join(folder, name), description: 'a table' }));
  vi.mocked(runTask).mockResolvedValue({ evaluations: [], results: [], neighbours: [], warnings: [], files: told });
  const stdout: string[] = [];
  const stderr: string[] = [];
  const output = {
    result: (text: string) => stdout.push(text),
    json: (value: unknown) => stdout.push(JSON.stringify(value)),
    summary: (text: string) => stdout.push(text),
    words: (text: string) => stderr.push(text),
    release: async () => false,
  };
  const options: AblateOptions = {
    ...{ builtin: true, preset: 'small', steps: 1, seeds: 1, seed: 1, task: 'topic', out: folder, engine: 'cpu' },
    ...(json ? { json } : {}),
  };
  const code = await runAblate(domain, options, { output, typed: ['text', 'ablate'] });
  return { code, stdout: stdout.join('\n'), stderr: stderr.join('\n') };
}

const nothing = async function* () {};
const domain: LoadedDomain = {
  name: 'audio',
  url: 'file:///nowhere',
  commands: {
    ...{ name: 'audio', summary: '', presets: ['small'], probeTasks: ['topic'], baselines: [] },
    ...{ settings: () => ({}), train: nothing, probe: nothing, embed: nothing, export: nothing },
    demo: {
      train: { preset: 'small', overrides: {}, data: 'builtin', steps: 1, quickSteps: 1 },
      probe: { data: 'builtin', task: 'topic', baselines: [] },
    },
  },
};

it('ends with 0 and the table where the stop came after the last run, and 130 where it came before', async () => {
  const late = await stoppedAfter(['table.md'], false);
  expect(late).toEqual({
    code: exitCodes.done,
    stdout: '| a table |',
    stderr: expect.not.stringContaining('Interrupted'),
  });
  const early = await stoppedAfter([], false);
  expect(early).toEqual({
    code: 130,
    stdout: '',
    stderr: expect.stringContaining('Interrupted. To go on:\n  cpc text'),
  });
});

it('says so in "status" of --json: completed with 1 file, interrupted with none', async () => {
  expect(JSON.parse((await stoppedAfter(['table.md'], true)).stdout)).toMatchObject({ status: 'completed' });
  expect(JSON.parse((await stoppedAfter([], true)).stdout)).toMatchObject({ status: 'interrupted', files: [] });
});
