import { link, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { requireOutputFile } from './output-file.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-output-'));
  await writeFile(join(folder, 'corpus.txt'), 'a line');
  await mkdir(join(folder, 'run/checkpoints'), { recursive: true });
  await writeFile(join(folder, 'run/checkpoints/1.safetensors'), 'state');
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

it('refuses a file that is read from, named as it is, through a symbolic link and as a hard link', async () => {
  await symlink('corpus.txt', at('symbolic.npy'));
  await link(at('corpus.txt'), at('hard.npy'));
  for (const name of ['corpus.txt', 'symbolic.npy', 'hard.npy'])
    await expect(requireOutputFile('--out', at(name), [at('corpus.txt')])).rejects.toMatchObject({
      argument: '--out',
      message: expect.stringMatching(/a file that is not read from, received one that would replace .*corpus\.txt/),
    });
  expect(await readFile(at('corpus.txt'), 'utf8')).toBe('a line');
});

it('refuses a file within a folder that is read from, and takes new names there and other files', async () => {
  const inputs = [at('run/checkpoints'), at('missing')];
  await expect(requireOutputFile('--out', at('run/checkpoints/1.safetensors'), inputs)).rejects.toThrow(
    /would replace .*checkpoints/,
  );
  await requireOutputFile('--out', at('run/checkpoints/new.safetensors'), inputs);
  await requireOutputFile('--out', at('corpus.txt'), inputs);
});
