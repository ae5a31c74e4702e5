/**
 * A training step as named scalars, for TensorBoard.
 */
import type { StepMeasurements } from '@cpc/records';

/**
 * The scalars of a step by tag. Tags of prediction steps end in how far ahead they look: `accuracy/k01`, `accuracy/k02`.
 */
export function scalarsOfStep(measured: StepMeasurements): Record<string, number> {
  return {
    'loss/nats': measured.lossNats,
    ...perPredictionStep('accuracy', measured.accuracy, measured.firstPredictionStep),
    ...perPredictionStep('bound_nats', measured.boundNats, measured.firstPredictionStep),
    'optimiser/gradient_norm': measured.gradientNorm,
    'optimiser/learning_rate': measured.learningRate,
    'speed/step_milliseconds': measured.stepMilliseconds,
    'speed/input_wait_milliseconds': measured.inputWaitMilliseconds,
    'speed/examples_per_second': measured.examplesPerSecond,
  };
}

function perPredictionStep(name: string, values: readonly number[], first: number): Record<string, number> {
  return Object.fromEntries(
    values.map((value, index) => [`${name}/k${String(first + index).padStart(2, '0')}`, value]),
  );
}
