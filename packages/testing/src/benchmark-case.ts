/**
 * What a benchmark is: one computation done by us and by somebody else, from the same numbers.
 *
 * A domain's cases stand in `packages/<domain>/benchmarks/index.ts`, which exports them as `cases`; the private package `benchmarks` finds them.
 * A case knows its model and data; how steps are run, checked, timed and written down is known here only.
 */
import type { NamedHostTensors } from '@cpc/compile';
import type { Domain, Engine, HostArray, Optimiser, Tree } from '@cpc/core';
import type { EngineRequest } from '@cpc/core/node';

/** What the command line says to every case. */
export interface CaseOptions {
  /** Name of one of the domain's settings, such as `paper`. */
  readonly preset: string;
  /** Threads that each side computes with, one side at a time. */
  readonly threads: number;
}

export interface BenchmarkCase<Input extends CaseInput = CaseInput> {
  /** As typed on the command line, such as `audio`. */
  readonly name: string;
  /** One line: what is computed. */
  readonly summary: string;
  /** False for a case that only checks that both sides agree. */
  readonly timed: boolean;
  readonly prepare: (options: CaseOptions) => Promise<Input>;
  /**
   * What both sides are compared on before they are timed; by default what they are timed on. For models in which some input of
   * a ReLU lies within rounding of 0 in every batch of full size (`agreement.ts`): the same model on smaller ones.
   */
  readonly checkedOn?: CheckedOn<Input>;
  /** Given what `prepare` made. Methods, and not functions, so that cases of different inputs stand in one list. */
  ours(input: Input, tools: CaseTools): Promise<Contestant>;
  /** Whom ours is measured beside. */
  peer?(input: Input, tools: CaseTools): Promise<Contestant | Skipped>;
}

export interface CheckedOn<Input extends CaseInput> {
  /** For the record, such as `2 images`. */
  readonly what: string;
  readonly prepare: (options: CaseOptions) => Promise<Input>;
}

/** One side, ready to compute, with its parameters as they were given. */
export interface Contestant {
  /** Who it is, in which form and version. */
  readonly name: string;
  /** Of the programs it is made of. */
  readonly versions: Readonly<Record<string, string>>;
  /** Time to make it ready: for us, to trace and to load. */
  readonly prepareMilliseconds: number;
  /** Further figures worth keeping, by name. */
  readonly notes: Readonly<Record<string, unknown>>;
  /** Loss and gradients of the batch of step `number`. Changes nothing; called before any step. Needed beside a peer. */
  readonly check?: (number: number) => Promise<Outcome>;
  /** One update, or one whole fit, counted from 1. */
  readonly step: (number: number) => Promise<TimedStep>;
  /** Largest resident size so far of the process it runs in; undefined where the system does not tell. */
  readonly peakMemoryBytes: () => Promise<number | undefined>;
  readonly dispose: () => Promise<void>;
}

export interface Outcome {
  /** Time to compute them, without handing them over. */
  readonly milliseconds: number;
  /** 0 where nothing is minimised. */
  readonly lossNats: number;
  /** By parameter path, in row-major order of our shapes; where nothing is minimised, what is computed, by name. */
  readonly gradients: Readonly<Record<string, Float32Array>>;
}

export interface TimedStep {
  readonly milliseconds: number;
  /** Left out where nothing is minimised. */
  readonly lossNats?: number;
  /** For a step that is a whole fit. */
  readonly iterations?: number;
}

/** A side that cannot run here. */
export interface Skipped {
  /** Why, and what to do about it. */
  readonly skipped: string;
}

/** What both sides of any case are given. */
export interface CaseInput {
  /** The twin is given them as they are. */
  readonly settings: object;
  readonly parameters: Tree<HostArray>;
  /** Step n takes batch (n - 1) modulo their number. */
  readonly batches: readonly NamedHostTensors[];
}

/** A training step's model and data; the settings are the domain's. */
export interface StepInput extends CaseInput {
  readonly domain: Domain;
  readonly optimiser: Optimiser;
  /** Limit on the gradient's length; 0 for none. */
  readonly clipNorm: number;
}

/** What a case of another kind has to say of our side. */
export type OwnSide = Pick<Contestant, 'check' | 'step' | 'dispose'>;

/** A trained model in use: nothing is minimised. */
export interface Encoding {
  /** The whole computation; what it gives, by name, is compared where others have gradients. */
  readonly encode: () => Promise<Outcome['gradients']>;
  readonly dispose: () => Promise<void>;
}

/** How a case makes its sides. */
export interface CaseTools {
  /** Our training step on an engine, by its name. */
  readonly trainingStep: (input: StepInput, engine: EngineRequest['name']) => Promise<Contestant>;
  /** Anything else of ours on an engine, by its name. */
  readonly ownSide: (
    engine: EngineRequest['name'],
    prepare: (engine: Engine) => Promise<OwnSide>,
  ) => Promise<Contestant>;
  /** A trained model in use on an engine, by its name. */
  readonly encoding: (
    engine: EngineRequest['name'],
    prepare: (engine: Engine) => Promise<Encoding>,
  ) => Promise<Contestant>;
  /**
   * A program in Python that answers the commands told in `benchmarks/python/twin.py`.
   *
   * @param script - its path in the repository.
   * @param packages - what it imports, as pip calls it; default `torch`.
   */
  readonly pythonTwin: (input: CaseInput, script: string, packages?: string) => Promise<Contestant | Skipped>;
}
