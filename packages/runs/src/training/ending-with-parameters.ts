/** The events of a training loop, the last one together with the parameters that the loop returns after it. */

import type { HostArray, Training, Tree } from '@cpc/core';
import type { TrainingEvent, TrainingEventOf } from '@cpc/records';

export interface Told {
  readonly event: TrainingEvent;
  /** With `run-end`. */
  readonly parameters?: Tree<HostArray>;
}

/** Holds `run-end` back until the loop has returned. Leaving early leaves the loop too. */
export async function* endingWithParameters(loop: Training): AsyncGenerator<Told, void, undefined> {
  let end: TrainingEventOf<'run-end'> | undefined;
  try {
    for (;;) {
      const { done, value } = await loop.next();
      if (done === true) {
        if (end !== undefined) yield { event: end, parameters: value };
        return;
      }
      if (value.type === 'run-end') end = value;
      else yield { event: value };
    }
  } finally {
    await loop.return({});
  }
}
