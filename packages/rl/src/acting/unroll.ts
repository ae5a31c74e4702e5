/**
 * The memory of one unroll: what was seen, done and given in T steps of B copies, in the arrays that an update reads. Made once and
 * filled anew for every update.
 *
 * Letters used for shapes here:
 *   B  copies    T  steps    H  size of c
 */
import type { NamedHostTensors } from '@cpc/compile';
import type { ActorState, Moment } from '../agent/actor.js';
import { advantagesOf, discountedReturns, explainedVariance } from '../learning/returns.js';

/** What became of one step of all copies, `[B]` each. */
export interface StepOutcome {
  readonly actions: Int32Array;
  /** What the agent hoped for. */
  readonly values: Float32Array;
  /** Clipped. */
  readonly rewards: Float32Array;
  /** 1 where the episode ended. */
  readonly ended: Uint8Array;
  /** Where it was cut off, the value of what was last seen; else 0. */
  readonly finalValues: Float32Array;
}

export interface UnrollSizes {
  readonly copies: number;
  readonly steps: number;
  /** Values of one observation. */
  readonly observationShape: readonly number[];
  readonly contextUnits: number;
}

export interface Unroll {
  /** Before the first step: the LSTM's state; copied. */
  readonly begin: (state: ActorState) => void;
  /** What was seen before a step. */
  readonly see: (step: number, moment: Moment) => void;
  readonly record: (step: number, outcome: StepOutcome) => void;
  /**
   * The inputs of an update, but for the plan of negatives; its arrays are those of this unroll.
   *
   * @param following - `[B]`: values of what is seen after the last step.
   */
  readonly finish: (following: Float32Array, discount: number) => FinishedUnroll;
}

export interface FinishedUnroll {
  readonly batch: NamedHostTensors;
  /** Undefined where all returns are equal. */
  readonly explainedVariance: number | undefined;
}

export function createUnroll({ copies, steps, observationShape, contextUnits }: UnrollSizes): Unroll {
  const count = copies * steps;
  const size = observationShape.reduce((product, length) => product * length, 1);
  const observations = new Float32Array(count * size);
  const hidden = new Float32Array(copies * contextUnits);
  const cell = new Float32Array(copies * contextUnits);
  const shown = {
    lastRewards: new Float32Array(count),
    lastActions: new Int32Array(count),
    starts: new Float32Array(count),
  };
  const done = {
    actions: new Int32Array(count),
    values: new Float32Array(count),
    rewards: new Float32Array(count),
    ended: new Uint8Array(count),
    finalValues: new Float32Array(count),
  };
  return {
    begin: (state) => {
      hidden.set(state.hidden.data);
      cell.set(state.cell.data);
    },
    see: (step, moment) => {
      spread<keyof typeof shown>(step, moment, shown);
      for (let copy = 0; copy < copies; copy++) {
        const own = moment.observations.subarray(copy * size, (copy + 1) * size);
        observations.set(own, (copy * steps + step) * size);
      }
    },
    record: (step, outcome) => spread(step, outcome, done),
    finish: (following, discount) => {
      const { actions, values, ...rewarded } = done;
      const returns = discountedReturns({ copies, steps, ...rewarded, following }, discount);
      const ofSteps = { ...shown, actions, returns, advantages: advantagesOf(returns, values) };
      const tensors = Object.entries(ofSteps).map(([name, data]) => [name, { shape: [copies, steps], data }]);
      const batch: NamedHostTensors = {
        observations: { shape: [copies, steps, ...observationShape], data: observations },
        hidden: { shape: [copies, contextUnits], data: hidden },
        cell: { shape: [copies, contextUnits], data: cell },
        ...Object.fromEntries(tensors),
      };
      return { batch, explainedVariance: explainedVariance(returns, values) };
    },
  };

  /** Puts a step's `[B]` into its place of `[B, T]`, for every name. */
  function spread<Name extends string>(
    step: number,
    from: Readonly<Record<Name, ArrayLike<number>>>,
    into: Readonly<Record<Name, Float32Array | Int32Array | Uint8Array>>,
  ): void {
    for (const name in into) {
      for (let copy = 0; copy < copies; copy++) into[name][copy * steps + step] = from[name][copy] ?? 0;
    }
  }
}
