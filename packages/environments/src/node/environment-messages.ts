/** What is said between an environment and the threads that its copies are spread over. */
import type { EnvironmentSpec, EnvironmentStep, Observations } from '../environment.js';

/** Whose copies a thread holds. */
export interface EnvironmentJob {
  /** A built-in environment, or what makes a copy: a function that a module exports. */
  readonly source: { readonly name: string } | { readonly module: string; readonly create: string };
  readonly copies: number;
  readonly firstCopy: number;
}

export type EnvironmentRequest =
  | { readonly type: 'describe' }
  | { readonly type: 'reset'; readonly seed: number }
  | { readonly type: 'step'; readonly actions: Int32Array }
  | { readonly type: 'save' }
  | { readonly type: 'restore'; readonly state: Uint8Array }
  | { readonly type: 'close' };

/** The reply to each kind of request. */
export interface EnvironmentReplies {
  readonly describe: { readonly name: string; readonly spec: EnvironmentSpec };
  readonly reset: Observations;
  readonly step: EnvironmentStep;
  readonly save: Uint8Array;
  readonly restore: Observations;
  readonly close: undefined;
}

export type EnvironmentReply = EnvironmentReplies[keyof EnvironmentReplies];
