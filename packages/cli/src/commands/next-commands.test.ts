import type { DomainCommands } from '@cpc/runs';
import { expect, it } from 'vitest';
import { fakeDomain } from '../test-support/fake-project.js';
import { nextCommands } from './next-commands.js';

const { domainCommands }: { domainCommands: DomainCommands } = await import(fakeDomain.url);

it('are 3: probe and embed on the data that were trained on, and export', () => {
  expect(nextCommands(domainCommands, { out: 'my run', data: 'books' })).toEqual([
    "cpc text probe --run 'my run' --data books",
    "cpc text embed --run 'my run' --data books --out 'my run/embeddings.npy'",
    "cpc text export --run 'my run' --out 'my run/text.onnx'",
  ]);
});

it('leave a word to fill in where a domain probes and embeds 2 other kinds of data', () => {
  const commands = { ...domainCommands, otherData: { probe: 'TASKS', embed: 'LINES.txt' } };
  const [probe, embed] = nextCommands(commands, { out: 'run', data: 'books' });
  expect(probe).toBe('cpc text probe --run run --data TASKS');
  expect(embed).toBe('cpc text embed --run run --data LINES.txt --out run/embeddings.npy');
  expect(nextCommands(commands, { out: 'run', data: 'builtin' })[0]).toBe('cpc text probe --run run --builtin');
});

it('name the task of built-in data where it is not the first of 2', () => {
  const commands = {
    ...domainCommands,
    demo: { ...domainCommands.demo, probe: { data: 'builtin', baselines: ['random'], task: 'mood' } },
  };
  expect(nextCommands(commands, { out: 'run', data: 'builtin' })[0]).toBe(
    'cpc text probe --run run --builtin --task mood',
  );
  expect(nextCommands(commands, { out: 'run', data: 'books' })[0]).not.toContain('--task');
});

it('evaluate and export what acts, which is neither probed nor embedded', () => {
  const { probe: _, embed: __, ...others } = domainCommands;
  const acting = { ...others, evaluation: { baselines: [], run: async function* () {} } };
  expect(nextCommands(acting, { out: 'run', data: 'cart_pole' })).toEqual([
    'cpc text evaluate --run run',
    'cpc text export --run run --out run/text.onnx',
  ]);
});
