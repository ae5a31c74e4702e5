/**
 * What a benchmark is: one computation done by us and by somebody else, from the same numbers.
 *
 * A domain's cases stand in `packages/<domain>/benchmarks/index.ts`, which exports them as `cases`; `collect.ts` finds them.
 * A case knows its model and data; how steps are run, checked, timed and written down is known here only.
 */
import type { NamedHostTensors } from '@cpc/compile';
import type { Domain, HostArray, Optimiser, Tree } from '@cpc/core';
import type { EngineRequest } from '@cpc/core/node';

/** What the command line says to every case. */
export interface CaseOptions {
  /** Name of one of the domain's settings, such as `paper`. */
  readonly preset: string;
  /** Threads that each side computes with, one side at a time. */
  readonly threads: number;
}

export interface BenchmarkCase {
  /** As typed on the command line, such as `audio`. */
  readonly name: string;
  /** One line: what is computed. */
  readonly summary: string;
  /** False for a case that only checks that both sides agree. */
  readonly timed: boolean;
  readonly prepare: (options: CaseOptions) => Promise<StepInput>;
  readonly ours: (input: StepInput, tools: CaseTools) => Promise<Contestant>;
  /** Whom ours is measured beside. */
  readonly peer?: (input: StepInput, tools: CaseTools) => Promise<Contestant | Skipped>;
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
  /** Loss and gradients of the batch of step `number`. Changes nothing; called before any step. */
  readonly check: (number: number) => Promise<Outcome>;
  /** One update, counted from 1. */
  readonly step: (number: number) => Promise<TimedStep>;
  /** Largest resident size so far of the process it runs in; undefined where the system does not tell. */
  readonly peakMemoryBytes: () => Promise<number | undefined>;
  readonly dispose: () => Promise<void>;
}

export interface Outcome {
  /** Time to compute them, without handing them over. */
  readonly milliseconds: number;
  readonly lossNats: number;
  /** By parameter path, in row-major order of our shapes. */
  readonly gradients: Readonly<Record<string, Float32Array>>;
}

export interface TimedStep {
  readonly milliseconds: number;
  readonly lossNats: number;
}

/** A side that cannot run here. */
export interface Skipped {
  /** Why, and what to do about it. */
  readonly skipped: string;
}

/** A training step's model and data: what both sides are given. */
export interface StepInput {
  /** The domain's settings; the twin is given them as they are. */
  readonly settings: object;
  readonly domain: Domain;
  readonly optimiser: Optimiser;
  /** Limit on the gradient's length; 0 for none. */
  readonly clipNorm: number;
  readonly parameters: Tree<HostArray>;
  /** Step n takes batch (n - 1) modulo their number. */
  readonly batches: readonly NamedHostTensors[];
}

/** How a case makes its sides. */
export interface CaseTools {
  /** Our training step on an engine, by its name. */
  readonly trainingStep: (input: StepInput, engine: EngineRequest['name']) => Promise<Contestant>;
  /**
   * A program in Python that answers the commands told in `packages/audio/benchmarks/training_step.py`.
   *
   * @param script - its path in the repository.
   */
  readonly pythonTwin: (input: StepInput, script: string) => Promise<Contestant | Skipped>;
}

export function isSkipped(side: Contestant | Skipped | undefined): side is Skipped {
  return side !== undefined && 'skipped' in side;
}
