/** The command line as a tree: which commands there are, what they take, and what they say of themselves. */

import { UsageError } from '@cpc/base';
import type { CommandOptions, DomainCommand, GivenOf } from '@cpc/runs/commands';
import { Command, type CommanderError, Option } from 'commander';
import type { Context, Job } from './commands/context.js';
import { demoOptions, runDemo } from './commands/demo.js';
import { doctorOptions, runDoctor } from './commands/doctor.js';
import { ownVersion } from './commands/installed-packages.js';
import { runTaskCommand } from './commands/run-task.js';
import { runTraining } from './commands/run-training.js';
import { notInstalled } from './domains/find-domain.js';
import { type DomainName, domainSubjects, installCommand, knownDomains, packageOf } from './domains/known-domains.js';
import type { LoadedCommands, LoadedDomain } from './domains/load-domain.js';
import { addOptions, givenValues } from './options/commander-options.js';
import { generalOptions } from './options/general-options.js';

export interface ProgramOptions {
  readonly context: Context;
  /** The domains that this command line needs and that are installed. */
  readonly domains: ReadonlyMap<DomainName, LoadedDomain>;
  /** The names of all that are installed, for the help. */
  readonly installed: ReadonlySet<DomainName>;
  /** Called with the work that was asked for, once its options are read. */
  readonly onJob: (job: Job) => void;
}

export function createProgram(options: ProgramOptions): Command {
  const { context } = options;
  const program = prepared(new Command('cpc'), context)
    .description('Contrastive Predictive Coding: learn representations from unlabelled data')
    .addOption(new Option('--verbose', 'print errors with their stack trace').hideHelp())
    .version(ownVersion(), '-v, --version', 'print the version (also -V)')
    .helpCommand('help [command...]', 'print the help of a command')
    .addHelpText('after', examples(['cpc demo --quick', 'cpc audio train --builtin --steps 500']));
  for (const name of knownDomains) addDomain(program, name, options);
  const doctor = sub(program, 'doctor', 'tell which engines work here, why others do not, and what to do', context);
  const doctorOffer = { command: doctor, options: doctorOptions, exampleLines: ['cpc doctor --measure'] };
  offer(doctorOffer, options, (given) => runDoctor(given, context));
  const demo = sub(program, 'demo', 'train and probe every installed domain on data it makes by itself', context);
  const demoOffer = { command: demo, options: demoOptions, exampleLines: ['cpc demo --quick --out runs/demo'] };
  offer(demoOffer, options, (given) => runDemo(given, context));
  return program;
}

/** The command line of commands that are declared elsewhere. */
export function createCommandsProgram(
  source: LoadedCommands,
  name: string,
  options: Pick<ProgramOptions, 'context' | 'onJob'>,
): Command {
  const program = prepared(new Command(name), options.context).description(source.commands.summary);
  for (const declared of source.commands.commands) addCommand(program, { source, program: name, declared }, options);
  return program;
}

function addDomain(program: Command, name: DomainName, options: ProgramOptions): void {
  const { context, domains, installed } = options;
  const domain = domains.get(name);
  const suffix = installed.has(name) ? '' : ' (not installed)';
  const command = sub(program, name, `${domain?.commands.summary ?? domainSubjects[name]}${suffix}`, context);
  if (domain === undefined) addAbsentDomain(command, name);
  else addDomainCommands(command, domain, options);
}

/** Help still works; anything else says what to install. */
function addAbsentDomain(command: Command, name: DomainName): void {
  command
    .usage('<command>')
    .allowExcessArguments()
    .allowUnknownOption()
    .addHelpText('after', `\nNot installed. Run: ${installCommand(packageOf(name))}`)
    .action(() => {
      throw notInstalled(name);
    });
}

function addDomainCommands(command: Command, domain: LoadedDomain, options: ProgramOptions): void {
  const { name, commands } = domain.commands;
  const program = `cpc ${name}`;
  const [first] = commands;
  if (first !== undefined) command.addHelpText('after', examples(examplesOf(program, first).slice(0, 1)));
  for (const declared of commands) addCommand(command, { source: domain, program, declared }, options);
}

interface Declared {
  readonly source: LoadedCommands;
  /** What is typed in front of the command. */
  readonly program: string;
  readonly declared: DomainCommand;
}

/** Parser, help and work of one command, all from its declaration. */
function addCommand(
  parent: Command,
  { source, program, declared }: Declared,
  options: Pick<ProgramOptions, 'context' | 'onJob'>,
): void {
  const { context } = options;
  const command = addOptions(sub(parent, declared.name, declared.summary, context), declared.options);
  const { details } = declared;
  if (details !== undefined) command.addHelpText('after', details);
  const own = { command, options: generalOptions, exampleLines: examplesOf(program, declared) };
  offer(own, options, async ({ json }, typed) => {
    const given = givenValues(typed, declared.options);
    const how = { ...context, json };
    if (declared.kind === 'training') return runTraining(source, declared, await declared.prepare(given, context), how);
    return runTaskCommand(source, declared, await declared.prepare(given, context), how);
  });
}

function examplesOf(program: string, { name, examples: words }: DomainCommand): string[] {
  return words.map((line) => `${program} ${name} ${line}`);
}

interface Offer<Options extends CommandOptions> {
  readonly command: Command;
  /** Those that `run` is given; others are read from `typed`. */
  readonly options: Options;
  readonly exampleLines: readonly string[];
}

/** Makes a command do something; wrong use that shows only then also names the command's help. */
function offer<const Options extends CommandOptions>(
  { command, options, exampleLines }: Offer<Options>,
  { onJob }: Pick<ProgramOptions, 'onJob'>,
  run: (given: GivenOf<Options>, typed: Readonly<Record<string, unknown>>) => Promise<number>,
): void {
  addOptions(command, options).addHelpText('after', examples(exampleLines));
  command.action((typed: Readonly<Record<string, unknown>>) => {
    onJob(async () => {
      try {
        return await run(givenValues(typed, options) as GivenOf<Options>, typed); // read by these declarations
      } catch (error) {
        throw UsageError.isInstance(error) ? new UsageError(error.message, helpCommandOf(command)) : error;
      }
    });
  });
}

function sub(parent: Command, name: string, description: string, context: Context): Command {
  const command = new Command(name);
  parent.addCommand(command);
  return prepared(command, context).description(description);
}

/** Wrong use is thrown, with the command whose help explains it; help is a result. */
function prepared(command: Command, { output }: Context): Command {
  return command
    .exitOverride((error) => {
      throw usageErrorOf(error, command);
    })
    .configureOutput({
      writeOut: (text) => output.result(text.trimEnd()),
      writeErr: (text) => output.words(text.trimEnd()),
      outputError: () => undefined,
    })
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false);
}

function usageErrorOf(error: CommanderError, command: Command): Error {
  const isHelp = error.exitCode === 0 || error.code === 'commander.help';
  if (isHelp) return error;
  return new UsageError(error.message.replace(/^error: /, ''), helpCommandOf(command));
}

/** What to type to read of a command. */
export function helpCommandOf(command: Command): string {
  const names: string[] = [];
  for (let current: Command | null = command; current !== null; current = current.parent) names.unshift(current.name());
  return `${names.join(' ')} --help`;
}

function examples(lines: readonly string[]): string {
  return ['', lines.length === 1 ? 'Example:' : 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n');
}
