/** The command line as a tree: which commands there are, what they take, and what they say of themselves. */
import { Command, type CommanderError, Option } from 'commander';
import { type AblateOptions, addAblateOptions, runAblate } from './commands/ablate.js';
import type { Context, Job } from './commands/context.js';
import { addDemoOptions, type DemoOptions, runDemo } from './commands/demo.js';
import { addDoctorOptions, type DoctorOptions, runDoctor } from './commands/doctor.js';
import { addEvaluateOptions, type EvaluateOptions, runEvaluate } from './commands/evaluate.js';
import { addExemplarsOptions, type ExemplarsOptions, runExemplars } from './commands/exemplars.js';
import {
  addEmbedOptions,
  addExportOptions,
  type EmbedOptions,
  type ExportOptions,
  runEmbed,
  runExport,
} from './commands/files.js';
import { ownVersion } from './commands/installed-packages.js';
import { addNeighboursOptions, type NeighboursOptions, runNeighbours } from './commands/neighbours.js';
import { addProbeOptions, type ProbeOptions, runProbe } from './commands/probe.js';
import { addSweepOptions, runSweep, type SweepOptions } from './commands/sweep.js';
import { addTrainOptions, runTrain, type TrainOptions } from './commands/train.js';
import { notInstalled } from './domains/find-domain.js';
import { type DomainName, domainSubjects, installCommand, knownDomains, packageOf } from './domains/known-domains.js';
import { defaultPreset, isProbed, type LoadedDomain } from './domains/load-domain.js';
import { UsageError } from './errors.js';
import { table } from './terminal/text.js';

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
  offer(addDoctorOptions(doctor), (given: DoctorOptions) => runDoctor(given, context), options, [
    'cpc doctor --measure',
  ]);
  const demo = sub(program, 'demo', 'train and probe every installed domain on data it makes by itself', context);
  const demoExample = 'cpc demo --quick --out runs/demo';
  offer(addDemoOptions(demo), (given: DemoOptions) => runDemo(given, context), options, [demoExample]);
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
    .usage(name === 'rl' ? 'train | evaluate | export | sweep' : 'train | probe | embed | export')
    .allowExcessArguments()
    .allowUnknownOption()
    .addHelpText('after', `\nNot installed. Run: ${installCommand(packageOf(name))}`)
    .action(() => {
      throw notInstalled(name);
    });
}

function addDomainCommands(command: Command, domain: LoadedDomain, options: ProgramOptions): void {
  const { context } = options;
  const { name, commands } = domain;
  const example = (words: string) => `cpc ${name} ${words}`;
  const { environments } = commands;
  const source = environments === undefined ? '--builtin' : `--env ${environments.names[0]}`;
  const training = example(`train ${source} --steps 500 --out runs/first`);
  command.addHelpText('after', examples([training]));

  const train = addTrainOptions(sub(command, 'train', 'train a model into a run folder', context), domain);
  train.addHelpText('after', () => settingsText(domain));
  const other = environments === undefined ? '--data my-data' : source;
  const trainExamples = [training, example(`train ${other} --minutes 30`)];
  offer(train, (given: TrainOptions) => runTrain(domain, given, context), options, trainExamples);

  if (isProbed(domain)) {
    const probe = sub(command, 'probe', 'measure what a classifier reads off the features', context);
    const probeExample = example(`probe --run runs/first --builtin --task ${domain.commands.probeTasks[0] ?? 'TASK'}`);
    const runGivenProbe = (given: ProbeOptions) => runProbe(domain, given, context);
    offer(addProbeOptions(probe, domain), runGivenProbe, options, [probeExample]);
  }

  if (commands.embed !== undefined) {
    const embed = sub(command, 'embed', 'write the features of your data to a file', context);
    const embedExample = example('embed --run runs/first --data my-data --out features.npy');
    offer(addEmbedOptions(embed, domain), (given: EmbedOptions) => runEmbed(domain, given, context), options, [
      embedExample,
    ]);
  }

  if (commands.evaluation !== undefined) {
    const evaluate = sub(
      command,
      'evaluate',
      'measure how well the agent does, beside policies that learnt nothing',
      context,
    );
    const evaluateExample = example('evaluate --run runs/first --episodes 100 --video agent.gif');
    const runGivenEvaluate = (given: EvaluateOptions) => runEvaluate(domain, given, context);
    offer(addEvaluateOptions(evaluate, domain), runGivenEvaluate, options, [evaluateExample]);
  }

  if (commands.sweep !== undefined) {
    const sweep = sub(command, 'sweep', commands.sweep.summary, context);
    const sweepExample = example(`sweep ${source} --frames 1e6 --halving --out runs/sweep`);
    const runGivenSweep = (given: SweepOptions) => runSweep(domain, given, context);
    offer(addSweepOptions(sweep, domain), runGivenSweep, options, [sweepExample]);
  }

  const exporting = sub(command, 'export', 'write the model as an ONNX file', context);
  const exportExample = example(`export --run runs/first --out ${name}.onnx`);
  const runGivenExport = (given: ExportOptions) => runExport(domain, given, context);
  offer(addExportOptions(exporting, domain), runGivenExport, options, [exportExample]);

  if (commands.neighbours !== undefined) {
    const { summary, query } = commands.neighbours;
    const neighbours = sub(command, 'neighbours', summary, context);
    const neighboursExample = example(`neighbours --run runs/first --data my-data --query "${query}"`);
    const runGivenNeighbours = (given: NeighboursOptions) => runNeighbours(domain, given, context);
    offer(addNeighboursOptions(neighbours, commands.neighbours, commands), runGivenNeighbours, options, [
      neighboursExample,
    ]);
  }

  if (commands.exemplars !== undefined) {
    const { command: typed, summary, endings } = commands.exemplars;
    const exemplars = sub(command, typed, summary, context);
    const exemplarsExample = example(
      `${typed} --run runs/first --builtin --features 0,1,2 --out ${typed}${endings[0]}`,
    );
    const runGivenExemplars = (given: ExemplarsOptions) => runExemplars(domain, given, context);
    offer(addExemplarsOptions(exemplars, endings), runGivenExemplars, options, [exemplarsExample]);
  }

  if (isProbed(domain) && commands.ablation !== undefined) {
    const ablate = sub(command, 'ablate', commands.ablation.summary, context);
    const ablateExample = example('ablate --data my-data --probe-data my-labelled-data --steps 2000 --seeds 3');
    const runGivenAblate = (given: AblateOptions) => runAblate(domain, given, context);
    offer(addAblateOptions(ablate, domain), runGivenAblate, options, [ablateExample]);
  }
}

/** Makes a command do something; wrong use that shows only then also names the command's help. */
function offer<Options>(
  command: Command,
  run: (given: Options) => Promise<number>,
  { onJob }: ProgramOptions,
  exampleLines: readonly string[],
): void {
  command.addHelpText('after', examples(exampleLines)).action((given: Options) => {
    onJob(async () => {
      try {
        return await run(given);
      } catch (error) {
        throw error instanceof UsageError ? new UsageError(error.message, helpCommandOf(command)) : error;
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

function settingsText({ commands }: LoadedDomain): string {
  const preset = defaultPreset(commands);
  const rows = Object.entries(commands.settings(preset, {})).map(([name, { value }]) => [
    `  ${name}`,
    JSON.stringify(value),
  ]);
  return `\nSettings (--set key=value), as in the preset ${preset}:\n${table(rows)}`;
}

function examples(lines: readonly string[]): string {
  return ['', lines.length === 1 ? 'Example:' : 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n');
}
