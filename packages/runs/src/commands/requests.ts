/**
 * What the commands that domains share ask for. Requests are plain values, so that they cross into a worker thread; a domain adds
 * fields for options of its own.
 */
import type { EngineRequest } from '@cpc/core/node';
import type { SettingOverrides } from './command.js';
import type { Representation } from './values.js';

export interface TrainRequest {
  /** A folder, or `builtin` for the data a domain makes from a seed; for domains that act the name of an environment. */
  readonly data: string;
  readonly preset: string;
  readonly overrides: SettingOverrides;
  /** At least one of these four; what is reached first ends the run. */
  readonly steps?: number | undefined;
  /** Passes over the data; not for domains that act. */
  readonly epochs?: number | undefined;
  /** Frames of all copies of the environment together; only for domains that act. */
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
  readonly representations?: readonly Representation[] | undefined;
  /** What to fit to the features; default: the domain's first. */
  readonly classifier?: string | undefined;
  readonly baselines: readonly string[];
  readonly seed: number;
  readonly engine: EngineRequest;
  readonly strict: boolean;
}

export interface EmbedRequest {
  readonly run: string;
  readonly data: string;
  /** A file ending in `.npy`, `.safetensors` or `.parquet`. */
  readonly out: string;
  /** Default: the domain's choice. */
  readonly representation?: Representation | undefined;
  /** One vector per input instead of one per position. */
  readonly pooled: boolean;
  readonly engine: EngineRequest;
  readonly strict: boolean;
}

export interface ExportRequest {
  readonly run: string;
  /** A file ending in `.onnx`. */
  readonly out: string;
}

/** What of some data is most like a query. */
export interface SearchRequest {
  readonly run: string;
  readonly data: string;
  /** In the domain's own form, such as a sentence. */
  readonly query: string;
  /** How many matches to report; >= 1. */
  readonly count: number;
  /** A file to show query and matches in. */
  readonly out?: string | undefined;
  readonly engine: EngineRequest;
  readonly strict: boolean;
}
