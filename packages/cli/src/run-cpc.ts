/** From typed words to an exit code. */

import { UsageError } from '@cpc/base';
import { type Command, CommanderError } from 'commander';
import type { Context, Job } from './commands/context.js';
import { searchDomain } from './domains/find-domain.js';
import { type DomainName, knownDomains } from './domains/known-domains.js';
import { type LoadedDomain, loadCommands, loadDomain } from './domains/load-domain.js';
import { describeError, exitCodes } from './errors.js';
import { createCommandsProgram, createProgram, helpCommandOf } from './program.js';
import { surviveHangups } from './terminal/hangups.js';
import { takeOutput } from './terminal/output.js';

/**
 * Does what the command `cpc` does: results to stdout, words to stderr, paths relative to the working directory.
 *
 * @param typed - the words after `cpc`, such as `['audio', 'train', '--builtin', '--steps', '100']`.
 * @returns the exit code: 0 done, 1 failed, 2 wrong use, 130 interrupted. Errors of the command are printed, not thrown.
 * @throws {Error} if a call before has not ended: stdout belongs to one command at a time.
 *
 * @example
 * process.exitCode = await runCpc(['doctor', '--json']);
 */
export async function runCpc(typed: readonly string[]): Promise<number> {
  return withOutput(typed, readJob);
}

/** `help audio train` and `audio help train` are `audio train --help`; `-V` is `--version`. */
export function plainWords(typed: readonly string[]): readonly string[] {
  if (typed[0] === '-V') return ['--version', ...typed.slice(1)];
  const firstOption = typed.findIndex((word) => word.startsWith('-'));
  const names = firstOption === -1 ? typed : typed.slice(0, firstOption);
  if (!names.slice(0, 2).includes('help')) return typed;
  const others = names.filter((word) => word !== 'help');
  return [...others, ...typed.slice(names.length), '--help'];
}

/** Where commands of someone else's are declared. */
export interface CommandsSource {
  /** URL of a module that exports `domainCommands`. */
  readonly url: string;
  /** What is typed in front of the words, for help and messages. */
  readonly program: string;
}

/**
 * Runs commands that are declared elsewhere as `cpc` runs those of the domains: parsing, help, progress, `--json`, Ctrl-C.
 *
 * @param typed - the words after the program's name; the first is the command.
 * @returns the exit code, as `runCpc` does.
 *
 * @example
 * process.exitCode = await runCommands(process.argv.slice(2), { url: new URL('./commands.js', import.meta.url).href, program: 'my-tool' });
 */
export async function runCommands(typed: readonly string[], { url, program }: CommandsSource): Promise<number> {
  return withOutput(typed, async (context) => {
    const domain = await loadCommands(url, program);
    let chosen: Job | undefined;
    const command = createCommandsProgram(domain, program, { context, onJob: (job) => (chosen = job) });
    requireKnownCommands(command, context.typed);
    await command.parseAsync([...context.typed], { from: 'user' });
    return chosen;
  });
}

/** Reads the words into work and does it, while stdout belongs to this command. */
async function withOutput(
  typed: readonly string[],
  read: (context: Context) => Promise<Job | undefined>,
): Promise<number> {
  const output = takeOutput();
  const release = surviveHangups();
  const code = await exitCodeOf({ output, typed: plainWords(typed) }, read);
  release();
  const isLost = await output.release();
  return isLost && code === exitCodes.done ? exitCodes.failed : code;
}

async function exitCodeOf(context: Context, read: (context: Context) => Promise<Job | undefined>): Promise<number> {
  try {
    const job = await read(context);
    return job === undefined ? exitCodes.done : await job();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
    return await reportError(error, context);
  }
}

/**
 * Reads the words into work that can be run.
 *
 * @returns undefined if nothing is to be done.
 * @throws {UsageError} for wrong use. @throws {CommanderError} once help or version is printed.
 */
export async function readJob(context: Context): Promise<Job | undefined> {
  const wanted = context.typed.find((word) => !word.startsWith('-'));
  const searches = knownDomains.map((name) => searchDomain(name));
  const domains = new Map<DomainName, LoadedDomain>();
  // Loading a domain brings TensorFlow.js along, which commands that name none need not wait for.
  for (const { name, found, problem } of searches.filter((search) => search.name === wanted)) {
    if (problem !== undefined) throw problem;
    if (found !== undefined) domains.set(name, await loadDomain(found));
  }
  let chosen: Job | undefined;
  const program = createProgram({
    context,
    domains,
    installed: new Set(searches.filter(({ found }) => found !== undefined).map(({ name }) => name)),
    onJob: (job) => {
      chosen = job;
    },
  });
  requireKnownCommands(program, context.typed);
  await program.parseAsync([...context.typed], { from: 'user' });
  return chosen;
}

/** Help is printed before the words in front of it are looked at. */
function requireKnownCommands(program: Command, typed: readonly string[]): void {
  let command = program;
  for (const word of typed) {
    if (word.startsWith('-') || command.commands.length === 0) return;
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next === undefined) throw new UsageError(`unknown command '${word}'`, helpCommandOf(command));
    command = next;
  }
}

async function reportError(error: unknown, { output, typed }: Context): Promise<number> {
  const { message, isExpected, isWrongUse, stack } = describeError(error);
  output.words(`cpc: ${message}`);
  if (UsageError.isInstance(error) && error.helpCommand !== undefined) output.words(`See: ${error.helpCommand}`);
  if (typed.includes('--verbose')) output.words(stack);
  else if (!isExpected) {
    output.words('This was not expected. --verbose shows where it happened; please report it with that text.');
  }
  if (typed.includes('--json')) output.json({ status: 'failed', error: message });
  return isWrongUse ? exitCodes.wrongUse : exitCodes.failed;
}
