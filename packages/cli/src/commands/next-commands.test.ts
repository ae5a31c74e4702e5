import { type DomainCommands, embedCommand, probeCommand } from '@cpc/runs/commands';
import { expect, it } from 'vitest';
import { fakeDomain } from '../test-support/fake-project.js';
import { nextCommands } from './next-commands.js';

const { domainCommands }: { domainCommands: DomainCommands } = await import(fakeDomain.url);
const run = async function* () {};
const probing = { tasks: ['topic', 'mood'], baselines: ['random'], classifiers: ['linear'], run };

it('are 3: probe and embed on the data that were trained on, and export', () => {
  expect(nextCommands(domainCommands, { out: 'my run', data: 'books' })).toEqual([
    "cpc text probe --run 'my run' --data books",
    "cpc text embed --run 'my run' --data books --out 'my run/embeddings.npy'",
    "cpc text export --run 'my run' --out 'my run/text.onnx'",
  ]);
});

it('leave a word to fill in where a domain probes and embeds 2 other kinds of data', () => {
  const other = [probeCommand({ ...probing, otherData: 'TASKS' }), embedCommand({ otherData: 'LINES.txt', run })];
  const commands = { ...domainCommands, commands: other };
  const [probe, embed] = nextCommands(commands, { out: 'run', data: 'books' });
  expect(probe).toBe('cpc text probe --run run --data TASKS');
  expect(embed).toBe('cpc text embed --run run --data LINES.txt --out run/embeddings.npy');
  expect(nextCommands(commands, { out: 'run', data: 'builtin' })[0]).toBe('cpc text probe --run run --builtin');
});

it('name the task of built-in data where it is not the first of 2', () => {
  const commands = { ...domainCommands, commands: [probeCommand({ ...probing, builtInTask: 'mood' })] };
  expect(nextCommands(commands, { out: 'run', data: 'builtin' })).toEqual([
    'cpc text probe --run run --builtin --task mood',
  ]);
  expect(nextCommands(commands, { out: 'run', data: 'books' })[0]).not.toContain('--task');
});

it('are those of the commands that name one, 1 of 2', () => {
  const commands = domainCommands.commands.filter(({ name }) => ['export', 'patterns'].includes(name));
  expect(nextCommands({ ...domainCommands, commands }, { out: 'run', data: 'cart_pole' })).toEqual([
    'cpc text export --run run --out run/text.onnx',
  ]);
});
