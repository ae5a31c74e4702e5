/**
 * A training step as named scalars, for TensorBoard.
 */

import { entryAt } from '@cpc/base';
import { type AgentMeasurements, offsetsOf, type StepMeasurements } from '@cpc/records';

/**
 * The scalars of a step by tag. Tags of prediction steps end in how far ahead they look: `accuracy/k01`, `accuracy/k02`.
 */
export function scalarsOfStep(measured: StepMeasurements): Record<string, number> {
  const offsets = offsetsOf(measured);
  return {
    ...(offsets.length === 0 ? {} : { 'loss/nats': measured.lossNats }),
    ...perPredictionStep('accuracy', measured.accuracy, offsets),
    ...perPredictionStep('bound_nats', measured.boundNats, offsets),
    'optimiser/gradient_norm': measured.gradientNorm,
    'optimiser/learning_rate': measured.learningRate,
    'speed/step_milliseconds': measured.stepMilliseconds,
    'speed/input_wait_milliseconds': measured.inputWaitMilliseconds,
    'speed/examples_per_second': measured.examplesPerSecond,
    ...(measured.agent === undefined ? {} : scalarsOfAgent(measured.agent)),
  };
}

/** What was not measured, such as the return where no episode ended, is left out. */
function scalarsOfAgent(agent: AgentMeasurements): Record<string, number> {
  const { episodeReturn, episodeSteps, explainedVariance } = agent;
  return {
    ...(episodeReturn === undefined ? {} : { 'agent/return': episodeReturn }),
    ...(episodeSteps === undefined ? {} : { 'agent/episode_steps': episodeSteps }),
    ...(explainedVariance === undefined ? {} : { 'agent/explained_variance': explainedVariance }),
    'agent/entropy_nats': agent.entropyNats,
    'agent/policy_loss': agent.policyLoss,
    'agent/value_loss': agent.valueLoss,
    'agent/frames': agent.frames,
    'speed/frames_per_second': agent.framesPerSecond,
    'speed/acting_share': agent.actingShare,
  };
}

/** `k02` for a target 2 positions ahead: names that sort as numbers do. */
export function predictionTag(offset: number): string {
  return `k${String(offset).padStart(2, '0')}`;
}

function perPredictionStep(name: string, values: readonly number[], offsets: readonly number[]) {
  return Object.fromEntries(
    values.map((value, index) => [`${name}/${predictionTag(entryAt(offsets, index, 'offsets'))}`, value]),
  );
}
