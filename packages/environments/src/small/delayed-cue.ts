/**
 * A cue is shown once and asked for later: an agent without memory cannot do better than guess.
 *
 * Until it is asked, any action but `wait` ends the episode with -1. So the cue cannot be kept in the actions either, which an
 * agent is shown with its next observation.
 */
import { CpcArgumentError, createRandom } from '@cpc/base';
import type { EnvironmentSpec } from '../environment.js';
import type { SingleEnvironment } from '../single-environment.js';

const actions = ['left', 'right', 'wait'];
const waiting = actions.indexOf('wait');

export interface DelayedCueOptions {
  /** Steps between the cue and the question, in which nothing is seen. From 0 to 1,000; default 5. */
  readonly delaySteps?: number;
}

/**
 * An observation is `[cue, question]`: the cue -1 (left) or 1 (right) in the first one and 0 after it, the question 1 in the last one.
 * Answering as the cue said gives 1, anything else -1. Guessing gives 0 on average, once `wait` has been learnt.
 *
 * @throws {CpcArgumentError} if the delay is out of range.
 */
export function createDelayedCue({ delaySteps = 5 }: DelayedCueOptions = {}): SingleEnvironment {
  refuseDelay(delaySteps);
  const questionStep = delaySteps + 1;
  const spec: EnvironmentSpec = {
    observation: { shape: [2], dtype: 'float32' },
    actions,
    actionRepeat: 1,
    episodeSteps: questionStep + 1,
  };
  let cue = 0; // an action
  let steps = 0;
  return {
    name: 'delayed_cue',
    spec,
    reset(seed) {
      cue = createRandom(seed).integer(2);
      steps = 0;
      return Float32Array.of(2 * cue - 1, 0);
    },
    step(action) {
      const isAsked = steps === questionStep;
      const isRight = action === (isAsked ? cue : waiting);
      steps++;
      const observation = Float32Array.of(0, steps === questionStep ? 1 : 0);
      const reward = isRight ? Number(isAsked) : -1;
      return { observation, reward, terminated: isAsked || !isRight, truncated: false };
    },
  };
}

function refuseDelay(received: number): void {
  if (Number.isInteger(received) && received >= 0 && received <= 1_000) return;
  const expected = 'delaySteps to be a whole number from 0 to 1000';
  throw new CpcArgumentError({ where: 'createDelayedCue', argument: 'delaySteps', expected, received });
}
