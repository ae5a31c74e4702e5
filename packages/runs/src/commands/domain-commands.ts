/**
 * What a domain offers to the command `cpc`: every domain's `./node` entry exports one object `domainCommands` of this type.
 *
 * Requests are plain values, so that they cross into a worker thread; events come back the same way. The command knows no
 * domain by more than this.
 */

import type { EngineRequest } from '@cpc/core/node';
import type { EvaluationResult, ProbeResult, ResolvedSetting, TrainingEvent } from '@cpc/records';

/** A setting that was not left to the preset. */
export type SettingOverrides = Readonly<Record<string, ResolvedSetting>>;

/** Lets the caller end long work: asked between units of work. */
export interface Control {
  readonly stopRequested: () => boolean;
}

export interface TrainRequest {
  /** A folder, or `builtin` for the data a domain makes from a seed; for domains with `environments` the name of one. */
  readonly data: string;
  readonly preset: string;
  readonly overrides: SettingOverrides;
  /** At least one of these four; what is reached first ends the run. */
  readonly steps?: number | undefined;
  /** Passes over the data; not for domains with `environments`. */
  readonly epochs?: number | undefined;
  /** Frames of all copies of the environment together; only for domains with `environments`. */
  readonly frames?: number | undefined;
  readonly minutes?: number | undefined;
  readonly seed: number;
  readonly engine: EngineRequest;
  /**
   * Threads that make batches while a step is computed, or that environments run in; 0 (default): the training thread does it, between two
   * steps. Numbers are the same.
   */
  readonly workers?: number | undefined;
  /** Updates between two checkpoints; the default is that of `train()`. */
  readonly checkpointEverySteps?: number | undefined;
  /** The run folder. */
  readonly out: string;
  /** A run folder: begin with its parameters instead of drawn ones, with fresh moments. */
  readonly from?: string | undefined;
  /** Go on with the run in `out`; data, preset and overrides must be the same. */
  readonly resume: boolean;
  /** Refuse damaged files instead of leaving them out. */
  readonly strict: boolean;
  /** As typed, for the run record. */
  readonly command: string;
}

export interface ProbeRequest {
  /** A run folder that holds `model.safetensors`. */
  readonly run: string;
  readonly data: string;
  readonly task: string;
  /** Which features: of the encoder, of the context, or both, each with results of its own; default: the domain's choice. */
  readonly representations?: readonly ('latent' | 'context')[] | undefined;
  /** A name out of `DomainCommands.classifiers`; default: the first. */
  readonly classifier?: string | undefined;
  /** One example per input, the mean of its features, instead of one per position; see `DomainCommands.probeOptions`. */
  readonly pooled?: boolean | undefined;
  /** A file that says what is held out, in the domain's own form; see `DomainCommands.probeOptions`. */
  readonly folds?: string | undefined;
  /** Shares of the training examples whose labels are used, each above 0, up to 1, with results of its own; default: all; see `DomainCommands.probeOptions`. */
  readonly labelShares?: readonly number[] | undefined;
  /** Of the updates that the paper's own training of a probe takes, above 0; see `DomainCommands.probeOptions`. */
  readonly stepShare?: number | undefined;
  /** A file with vectors of words that the run may not know; see `DomainCommands.wordVectors`. */
  readonly wordVectors?: string | undefined;
  /** Names out of `DomainCommands.baselines`. */
  readonly baselines: readonly string[];
  readonly seed: number;
  readonly engine: EngineRequest;
  readonly strict: boolean;
}

export interface EmbedRequest {
  readonly run: string;
  readonly data: string;
  /** A file ending in `.npy`, `.safetensors` or `.parquet`, of those the domain writes. */
  readonly out: string;
  /** Default: the domain's choice. */
  readonly representation?: 'latent' | 'context' | undefined;
  /** One vector per input instead of one per position. */
  readonly pooled: boolean;
  /** A file with vectors of words that the run may not know; see `DomainCommands.wordVectors`. */
  readonly wordVectors?: string | undefined;
  readonly engine: EngineRequest;
  readonly strict: boolean;
}

export interface ExportRequest {
  readonly run: string;
  /** A file ending in `.onnx`. */
  readonly out: string;
  /** Whether the file scales its input itself as `embed` does (default); see `DomainCommands.exportOptions`. */
  readonly scalesInput?: boolean | undefined;
  /** A file with vectors of words that the run may not know; see `DomainCommands.wordVectors`. */
  readonly wordVectors?: string | undefined;
}

/** What of some data is most like a query. */
export interface NeighboursRequest {
  readonly run: string;
  readonly data: string;
  /** In the domain's own form, such as a sentence. */
  readonly query: string;
  /** How many neighbours to tell; >= 1. */
  readonly count: number;
  /** A file to show query and neighbours in; see `DomainCommands.neighbours`. */
  readonly out?: string | undefined;
  /** A file with vectors of words that the run may not know; see `DomainCommands.wordVectors`. */
  readonly wordVectors?: string | undefined;
  readonly engine: EngineRequest;
  readonly strict: boolean;
}

/** What excites features of a model most: figure 5 of the paper. */
export interface ExemplarsRequest {
  readonly run: string;
  readonly data: string;
  /** Features by number, from 0, none twice. */
  readonly features: readonly number[];
  /** How many examples of each; >= 1. */
  readonly count: number;
  /** A file ending in one of `DomainCommands.exemplars.endings`. */
  readonly out: string;
  readonly engine: EngineRequest;
  readonly strict: boolean;
}

/** The runs of a table of the paper, trained and probed alike. */
export interface AblateRequest {
  /** To train on. */
  readonly data: string;
  /** To probe with. */
  readonly probeData: string;
  readonly preset: string;
  /** For all runs. */
  readonly overrides: SettingOverrides;
  /** Updates of every run; >= 1. */
  readonly steps: number;
  /** One run of every row for each; none twice. */
  readonly seeds: readonly number[];
  /** Names out of `DomainCommands.ablation.rows`; all if left out. */
  readonly rows?: readonly string[] | undefined;
  /** A name out of `DomainCommands.ablation.figures`: makes that figure instead of the table; rows, task, folds and `probeData` do not count. */
  readonly figure?: string | undefined;
  readonly task: string;
  readonly folds?: string | undefined;
  readonly engine: EngineRequest;
  /** A folder for all runs. Called again with the same request, finished runs are kept. */
  readonly out: string;
  readonly strict: boolean;
  /** As typed, for the record. */
  readonly command: string;
}

/** How well a trained agent does. */
export interface EvaluateRequest {
  readonly run: string;
  /** Default: the environment that it was trained in. */
  readonly environment?: string | undefined;
  /** Whole episodes of every policy; >= 1. */
  readonly episodes: number;
  /** Take the likeliest action instead of drawing one. */
  readonly greedy: boolean;
  /** Names out of `DomainCommands.evaluation.baselines`. */
  readonly baselines: readonly string[];
  /** A file ending in `.gif`: the trained agent's first episode. */
  readonly video?: string | undefined;
  readonly workers: number;
  readonly seed: number;
  readonly engine: EngineRequest;
}

/** A random search over settings. */
export interface SweepRequest
  extends Pick<TrainRequest, 'data' | 'preset' | 'overrides' | 'seed' | 'engine' | 'command'> {
  /** How many settings are drawn and trained; >= 1. */
  readonly draws: number;
  /** Frames of every run that is not ended early; > 0. */
  readonly frames: number;
  /** Ends the worse half of the runs again and again, each time after twice as many frames. */
  readonly halving: boolean;
  readonly workers: number;
  /** A folder for all runs. Called again with the same request, finished runs are kept. */
  readonly out: string;
}

/** What happens during probe, embed, export, neighbours, ablate, evaluate, sweep, and looking for exemplars. */
export type TaskEvent =
  | { readonly type: 'progress'; readonly label: string; readonly done: number; readonly total: number }
  | { readonly type: 'probe-end'; readonly result: ProbeResult }
  | { readonly type: 'evaluation-end'; readonly result: EvaluationResult }
  /** The most similar first; from -1 to 1. */
  | { readonly type: 'neighbour-found'; readonly label: string; readonly similarity: number }
  | { readonly type: 'file-written'; readonly path: string; readonly description: string }
  | { readonly type: 'warning'; readonly message: string };

export interface DomainCommands {
  /** As typed after `cpc`. */
  readonly name: string;
  /** One line for `cpc --help`. */
  readonly summary: string;
  readonly presets: readonly string[];
  /** For domains that act in an environment instead of reading data: `data` of a request is then the name of one. */
  readonly environments?: {
    /** Those that come with the domain, for help. */
    readonly names: readonly string[];
    /** How others are named, for help; left out where there are no others. */
    readonly others?: string;
  };
  /** What `probe` may read off the features; left out, like `probe`, where there is nothing to. */
  readonly probeTasks?: readonly string[];
  readonly baselines?: readonly string[];
  /** What may be fitted to features, the default first; left out where there is no choice. */
  readonly classifiers?: readonly string[];
  /** Which of these fields of `ProbeRequest` the domain heeds; others are never set. */
  readonly probeOptions?: readonly ('pooled' | 'folds' | 'labelShares' | 'stepShare')[];
  /** Which of these fields of `ExportRequest` the domain heeds; others are never set. */
  readonly exportOptions?: readonly 'scalesInput'[];
  /**
   * For domains whose input is words: `probe`, `embed`, `neighbours` and `export` heed `wordVectors` of their requests, and give words that
   * training never saw vectors by a map from those in the file.
   */
  readonly wordVectors?: true;
  /** What a person names as data of these commands, as a word to fill in such as `TASKS`, where that is not what was trained on. */
  readonly otherData?: { readonly probe?: string; readonly embed?: string };
  /** Every setting with the preset's value, for help and validation; throws a CpcError that names an unknown or wrong one. */
  readonly settings: (preset: string, overrides: SettingOverrides) => Readonly<Record<string, ResolvedSetting>>;
  readonly train: (request: TrainRequest, control: Control) => AsyncGenerator<TrainingEvent, void, undefined>;
  readonly probe?: (request: ProbeRequest, control: Control) => AsyncGenerator<TaskEvent, void, undefined>;
  readonly embed?: (request: EmbedRequest, control: Control) => AsyncGenerator<TaskEvent, void, undefined>;
  readonly export: (request: ExportRequest, control: Control) => AsyncGenerator<TaskEvent, void, undefined>;
  /** For domains whose inputs can be named and shown on a command line. */
  readonly neighbours?: {
    /** One line for help, such as `sentences of your text that are most like another`. */
    readonly summary: string;
    /** What a query is, for help, such as `a sentence`. */
    readonly query: string;
    /** Endings of files that it shows neighbours in; left out where there are none: then `out` is never set. */
    readonly endings?: readonly string[];
    readonly run: (request: NeighboursRequest, control: Control) => AsyncGenerator<TaskEvent, void, undefined>;
  };
  /** For domains whose inputs can be looked at: what excites a feature most. */
  readonly exemplars?: {
    /** As typed, such as `patches`. */
    readonly command: string;
    /** One line for help. */
    readonly summary: string;
    /** Endings of the files that it writes. */
    readonly endings: readonly string[];
    readonly run: (request: ExemplarsRequest, control: Control) => AsyncGenerator<TaskEvent, void, undefined>;
  };
  /** For domains that act. */
  readonly evaluation?: {
    /** What else the environment is played with; every policy has a result of its own. */
    readonly baselines: readonly string[];
    readonly run: (request: EvaluateRequest, control: Control) => AsyncGenerator<TaskEvent, void, undefined>;
  };
  /** For domains of which the paper searches settings. */
  readonly sweep?: {
    /** One line for help: which settings, and where. */
    readonly summary: string;
    /** Tells the files that it wrote once all runs are finished, and none where it was stopped before. */
    readonly run: (request: SweepRequest, control: Control) => AsyncGenerator<TaskEvent, void, undefined>;
  };
  /** For domains of which the paper has an ablation. */
  readonly ablation?: {
    /** One line for help: which table of the paper. */
    readonly summary: string;
    readonly rows: readonly string[];
    /** Figures of the paper that it makes as well, such as `3`. */
    readonly figures?: readonly string[];
    /** Tells the files that it wrote once all runs are finished, and none where it was stopped before. */
    readonly run: (request: AblateRequest, control: Control) => AsyncGenerator<TaskEvent, void, undefined>;
  };
  /** What `cpc demo` runs, on built-in data: a short training, and what tells it from none. */
  readonly demo: {
    readonly train: Pick<TrainRequest, 'preset' | 'overrides' | 'data'> & {
      readonly steps: number;
      readonly quickSteps: number;
    };
    /** With the random baseline among others; or `episodes`. */
    readonly probe?: Pick<ProbeRequest, 'data' | 'task' | 'baselines'>;
    /** Evaluated beside the random policy over so many episodes; for domains that act. */
    readonly episodes?: number;
  };
}
