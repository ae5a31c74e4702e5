/**
 * A training step as named scalars, for TensorBoard.
 */
import { offsetsOf, type StepMeasurements } from '@cpc/records';

/**
 * The scalars of a step by tag. Tags of prediction steps end in how far ahead they look: `accuracy/k01`, `accuracy/k02`.
 */
export function scalarsOfStep(measured: StepMeasurements): Record<string, number> {
  const offsets = offsetsOf(measured);
  return {
    'loss/nats': measured.lossNats,
    ...perPredictionStep('accuracy', measured.accuracy, offsets),
    ...perPredictionStep('bound_nats', measured.boundNats, offsets),
    'optimiser/gradient_norm': measured.gradientNorm,
    'optimiser/learning_rate': measured.learningRate,
    'speed/step_milliseconds': measured.stepMilliseconds,
    'speed/input_wait_milliseconds': measured.inputWaitMilliseconds,
    'speed/examples_per_second': measured.examplesPerSecond,
  };
}

/** `k02` for a target 2 positions ahead: names that sort as numbers do. */
export function predictionTag(offset: number): string {
  return `k${String(offset).padStart(2, '0')}`;
}

function perPredictionStep(name: string, values: readonly number[], offsets: readonly number[]) {
  return Object.fromEntries(values.map((value, index) => [`${name}/${predictionTag(offsets[index] ?? 0)}`, value]));
}
