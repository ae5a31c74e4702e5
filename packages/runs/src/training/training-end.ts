/** When the training that a command asked for ends, in updates and minutes. */
import { CpcArgumentError } from '@cpc/base';
import type { CourseOptions } from '@cpc/core';
import type { TrainRequest } from '../commands/requests.js';

/**
 * Steps and epochs as one limit, whichever is reached first; minutes as they are.
 *
 * @param stepsPerEpoch - updates that see the data about once; any number of at least 0, counted as 1 at least.
 * @throws {CpcArgumentError} if none of the three was asked for.
 */
export function trainingEnd(
  { steps, epochs, minutes }: Pick<TrainRequest, 'steps' | 'epochs' | 'minutes'>,
  stepsPerEpoch: number,
): Pick<CourseOptions, 'steps' | 'minutes'> {
  if (steps === undefined && epochs === undefined && minutes === undefined) {
    throw new CpcArgumentError({
      where: 'train',
      argument: 'steps',
      expected: 'steps, epochs or minutes',
      received: 'none of them',
    });
  }
  const perEpoch = Math.max(1, Math.ceil(stepsPerEpoch));
  const limits = [steps, epochs === undefined ? undefined : Math.ceil(epochs * perEpoch)].filter(
    (limit) => limit !== undefined,
  );
  return { steps: limits.length === 0 ? undefined : Math.min(...limits), minutes };
}
