/** How much of the time that training took was spent waiting for batches. */
import type { StepMeasurements } from './step-measurements.js';

/** Steps at the beginning of a sitting that do not count: caches fill, threads start. */
export const warmUpSteps = 10;

/** Adds up a sitting's steps. */
export interface InputWait {
  readonly add: (step: StepMeasurements) => void;
  /** Of the time of all steps after the first ten, the part spent waiting, 0 .. 1; undefined before there is one. */
  readonly share: () => { readonly value: number; readonly count: number } | undefined;
}

/**
 * Starts with no step.
 *
 * @example
 * const wait = createInputWait();
 * for await (const event of train(options)) if (event.type === 'step-end') wait.add(event);
 * console.log(wait.share()?.value); // 0.003
 */
export function createInputWait(): InputWait {
  let steps = 0;
  let warmSeconds = 0;
  let lastSeconds = 0;
  let waitedSeconds = 0;
  return {
    add: ({ inputWaitMilliseconds, trainedSeconds }) => {
      steps += 1;
      if (steps === warmUpSteps) warmSeconds = trainedSeconds;
      if (steps > warmUpSteps) waitedSeconds += inputWaitMilliseconds / 1000;
      lastSeconds = trainedSeconds;
    },
    share: () => {
      const seconds = lastSeconds - warmSeconds;
      if (steps <= warmUpSteps || !(seconds > 0)) return undefined;
      return { value: Math.min(1, waitedSeconds / seconds), count: steps - warmUpSteps };
    },
  };
}
