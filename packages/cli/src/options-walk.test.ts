/** Every option of every command of every domain, with a value that its help asks for and with one that it does not. */

import { UsageError } from '@cpc/base';
import { type Command, CommanderError, type Option } from 'commander';
import { beforeAll, expect, it } from 'vitest';
import type { Context, Job } from './commands/context.js';
import { searchDomain } from './domains/find-domain.js';
import { type DomainName, knownDomains } from './domains/known-domains.js';
import { type LoadedDomain, loadDomain } from './domains/load-domain.js';

import { createProgram } from './program.js';
import { temporaryFolder } from './test-support/fake-project.js';

const domains = new Map<DomainName, LoadedDomain>();
beforeAll(async () => {
  for (const name of knownDomains) {
    const { found } = searchDomain(name);
    if (found !== undefined) domains.set(name, await loadDomain(found));
  }
}, 120_000);

function programOf(typed: readonly string[], onJob: (job: Job) => void = () => undefined): Command {
  const note = () => undefined;
  const output = { result: note, json: note, summary: note, words: note, release: async () => false };
  const context: Context = { typed, output };
  return createProgram({ context, domains, installed: new Set(knownDomains), onJob });
}

/** @returns what refused the words, or undefined. */
async function refusalOf(typed: readonly string[]): Promise<Error | undefined> {
  try {
    await programOf(typed).parseAsync([...typed], { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError || UsageError.isInstance(error)) return error;
    throw error;
  }
}

function leaves(command: Command, names: readonly string[] = []): { command: Command; names: readonly string[] }[] {
  if (command.commands.length === 0) return [{ command, names }];
  return command.commands.filter((sub) => sub.name() !== 'help').flatMap((sub) => leaves(sub, [...names, sub.name()]));
}

/** By the word between angle brackets, or the option: what is right, and what is wrong. */
function examplesOf(option: Option, folder: string): { right: string[]; wrong: string[] } | undefined {
  const word = /[<[](.+)[>\]]/.exec(option.flags)?.[1];
  if (word === undefined) return { right: [], wrong: [] };
  if (option.argChoices !== undefined) return { right: [...option.argChoices], wrong: ['nonsense', ''] };
  const special: Readonly<Record<string, { right: string[]; wrong: string[] }>> = {
    '--set': { right: ['a=1', 'a='], wrong: ['a', '=1', ''] },
    '--query': { right: ['a word', ''], wrong: [] },
    '--seed': { right: ['0', '-1', '1e3'], wrong: ['x', '1.5', 'NaN', ''] },
    '--workers': { right: ['0', '64'], wrong: ['-1', '65', '1.5', 'x', ''] },
    '--minutes': { right: ['0.5', '1e3'], wrong: ['0', '-1', 'Infinity', 'x', ''] },
    '--epochs': { right: ['0.5'], wrong: ['0', '-1', 'NaN', 'x', ''] },
    '--frames': { right: ['5e6'], wrong: ['0', '-1', 'NaN', 'x', ''] },
    '--representation': { right: ['latent', 'latent,context'], wrong: ['nonsense', 'latent,', ''] },
    '--env': { right: ['cart_pole', 'gymnasium:X-v0'], wrong: [] }, // a name is looked up before a folder is made
    '--labels': { right: ['0.1,1'], wrong: ['0', '1.5', '0.1,', 'x', ''] },
    '--step-share': { right: ['0.02'], wrong: ['0', '-1', 'x', ''] },
    '--features': { right: ['0,17'], wrong: ['-1', '1.5', 'x', '', '1,'] },
  };
  const known = special[option.long ?? ''];
  if (known !== undefined) return known;
  const names = /(?:none, or )?out of ([^(]+)/.exec(option.description)?.[1]?.trim().split(', ');
  if (word === 'a,b' && names !== undefined)
    return { right: [names.join(), names[0] ?? ''], wrong: ['nonsense', `${names[0]},nonsense`, ''] };
  if (word === 'n') return { right: ['1', '1e3'], wrong: ['0', '-1', '1.5', 'NaN', 'x', ''] };
  const endings = /ending in (.+)$/.exec(option.description)?.[1]?.match(/\.\w+/g);
  if (endings !== null && endings !== undefined)
    return { right: endings.map((ending) => `${folder}/o${ending}`), wrong: [`${folder}/o.xyz`, ''] };
  if (['path', 'dir', 'file', 'run', 'folder'].includes(word)) return { right: [folder], wrong: ['', '--json'] };
  return undefined;
}

it('takes every documented value of every option of every command, and refuses the others by one line of wrong use', async () => {
  const folder = temporaryFolder();
  const disagreements: string[] = [];
  let [walked, tried] = [0, 0];
  for (const { command, names } of leaves(programOf([]))) {
    const mandatory = command.options.filter(({ mandatory }) => mandatory);
    for (const option of command.options.filter(({ hidden }) => !hidden)) {
      walked += 1;
      const base = mandatory
        .filter((other) => other !== option)
        .flatMap((other) => [other.long ?? '', examplesOf(other, folder)?.right[0] ?? '']);
      const examples = examplesOf(option, folder);
      if (examples === undefined) disagreements.push(`${names.join(' ')} ${option.flags}: no examples`);
      const { right, wrong } = examples ?? { right: [], wrong: [] };
      const isFlag = !option.required && !option.optional;
      for (const value of isFlag ? [undefined] : right) {
        tried += 1;
        const refusal = await refusalOf([
          ...names,
          ...base,
          option.long ?? '',
          ...(value === undefined ? [] : [value]),
        ]);
        if (refusal !== undefined && option.long !== '--version')
          disagreements.push(`${names.join(' ')} ${option.long} ${value}: ${refusal.message}`);
      }
      for (const value of wrong) {
        tried += 1;
        const refusal = await refusalOf([...names, ...base, option.long ?? '', value]);
        if (refusal === undefined) disagreements.push(`${names.join(' ')} ${option.long} "${value}" is taken`);
        else if (refusal.message.trim().includes('\n'))
          disagreements.push(`${names.join(' ')} ${option.long}: ${refusal.message}`);
      }
    }
  }
  expect(disagreements).toEqual([]);
  expect(walked).toBeGreaterThan(200);
  expect(tried).toBeGreaterThan(600);
}, 120_000);
