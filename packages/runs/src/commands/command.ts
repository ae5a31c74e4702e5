/**
 * What a command is: data. A domain lists its commands; the command line makes parser, help, checks and output of the list, and knows
 * no domain by more than that.
 */
import type { EvaluationResult, ProbeResult, ResolvedSetting, TrainingEvent } from '@cpc/records';
import type { CommandOptions, GivenOf } from './option.js';

/** Lets the caller end long work: asked between units of work. */
export interface Control {
  readonly stopRequested: () => boolean;
}

/** What happens during every command that is no training. */
export type WorkEvent =
  | { readonly type: 'progress'; readonly label: string; readonly done: number; readonly total: number }
  | { readonly type: 'file-written'; readonly path: string; readonly description: string }
  | { readonly type: 'warning'; readonly message: string };

/** What the commands of the domains yield as well; a command may have events of its own. */
export type TaskEvent =
  | WorkEvent
  | { readonly type: 'probe-end'; readonly result: ProbeResult }
  | { readonly type: 'evaluation-end'; readonly result: EvaluationResult }
  /** The best first; from -1 to 1. */
  | { readonly type: 'match-found'; readonly label: string; readonly similarity: number };

/** What a task came to: its own events in order, and what was written and warned of. */
export interface Outcome {
  readonly status: 'completed' | 'interrupted';
  readonly events: readonly { readonly type: string }[];
  readonly files: readonly { readonly path: string; readonly description: string }[];
  readonly warnings: readonly string[];
}

/** What is said of an outcome. */
export interface Report {
  /** Printed with `--json`. */
  readonly json: object;
  /** Printed to stdout without `--json`; absent: nothing. */
  readonly text?: string | undefined;
  /** Whether the text is what the command is for, such as a table of accuracies, and not a note on files; default: false. */
  readonly isResult?: boolean | undefined;
  /** Printed to stderr without `--json`. */
  readonly notes?: readonly string[] | undefined;
}

/** A trained model next to a random one, for `cpc demo`. */
export interface Comparison {
  readonly task: string;
  /** The trained one's result, and the random one's. */
  readonly trained: object;
  readonly random: object;
  /** The figures in words, such as `85.2 %`. */
  readonly figures: { readonly trained: string; readonly random: string };
  readonly isBetter: boolean;
  /** One sentence, such as `the trained features are better than random ones: …`. */
  readonly verdict: string;
}

export interface CommandContext {
  /** The words after `cpc`, as typed. */
  readonly typed: readonly string[];
}

interface CommandParts<Given, Request> {
  /** As typed behind the domain's name, such as `train`. */
  readonly name: string;
  /** One line for help. */
  readonly summary: string;
  /** Words behind the name, as examples for help. */
  readonly examples: readonly string[];
  /** Further help. */
  readonly details?: () => string;
  /**
   * From options to a plain value that can be sent to a worker thread. Checks options against each other, before any work.
   *
   * @throws {UsageError} for options that do not fit together.
   */
  prepare(given: Given, context: CommandContext): Request | Promise<Request>;
  /** Words behind the domain's name to type after a training run; undefined: none. */
  readonly next?: (run: { readonly out: string; readonly data: string }) => readonly string[] | undefined;
}

interface TrainingParts<Request> {
  /** Trains into the run folder `out` of its request, which also says whether to `resume`. */
  readonly kind: 'training';
  run(request: Request, control: Control): AsyncGenerator<TrainingEvent, void, undefined>;
}

interface TaskParts<Request> {
  readonly kind: 'task';
  run(request: Request, control: Control): AsyncGenerator<{ readonly type: string }, void, undefined>;
  /** Default: the files that were written. */
  report?(outcome: Outcome, request: Request): Report | Promise<Report>;
  /** For commands that resume when called again: the folder that they work in, and the command to type. */
  folder?(request: Request): { readonly path: string; readonly again: string };
  /** Whether all work was done, though a stop was asked for; default: it was not. */
  readonly isComplete?: (outcome: Outcome) => boolean;
  /** For `cpc demo`. */
  readonly compare?: (outcome: Outcome) => Comparison;
}

/** What every training command asks for. */
export interface TrainingFolder {
  readonly out: string;
  readonly data: string;
  readonly resume: boolean;
}

export type TrainingCommand = CommandParts<object, TrainingFolder> &
  TrainingParts<TrainingFolder> & { readonly options: CommandOptions };
export type TaskCommand = CommandParts<object, object> & TaskParts<object> & { readonly options: CommandOptions };
export type DomainCommand = TrainingCommand | TaskCommand;

/** A task with typed options and request, to be listed: whoever runs it gives `run` what `prepare` returned. */
export function defineTask<const Options extends CommandOptions, Request extends object>(
  task: CommandParts<GivenOf<Options>, Request> & Omit<TaskParts<Request>, 'kind'> & { readonly options: Options },
): TaskCommand {
  return { ...task, kind: 'task' };
}

/** A training with typed options and request, to be listed. */
export function defineTraining<const Options extends CommandOptions, Request extends TrainingFolder>(
  training: CommandParts<GivenOf<Options>, Request> &
    Omit<TrainingParts<Request>, 'kind'> & { readonly options: Options },
): TrainingCommand {
  return { ...training, kind: 'training' };
}

/** A setting that was not left to the preset. */
export type SettingOverrides = Readonly<Record<string, ResolvedSetting>>;

/** What a domain offers to the command `cpc`: its `./node` entry exports one object `domainCommands` of this type. */
export interface DomainCommands {
  /** As typed after `cpc`. */
  readonly name: string;
  /** One line for `cpc --help`. */
  readonly summary: string;
  /** In the order of help. */
  readonly commands: readonly DomainCommand[];
  /** What `cpc demo` runs: a short training, and the task that tells it from none. Requests as their commands prepare them. */
  readonly demo: {
    readonly training: {
      readonly command: string;
      readonly request: { readonly data: string; readonly [name: string]: unknown };
      readonly steps: number;
      readonly quickSteps: number;
    };
    readonly comparison: { readonly command: string; readonly request: { readonly [name: string]: unknown } };
  };
}

/** @throws {Error} if the domain lists no such command. */
export function commandNamed({ name: domain, commands }: DomainCommands, name: string): DomainCommand {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found;
  throw new Error(`${domain}: expected a command ${name}, found ${commands.map((command) => command.name).join(', ')}`);
}
