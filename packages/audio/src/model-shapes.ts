/** What a stored model must hold, told without making one. */
import type { SpeechModel } from './model.js';

/** The shape of every parameter that `initialiseSpeechModel` makes, by path. */
export function speechModelShapes({ layers, channels, contextUnits }: SpeechModel): Record<string, readonly number[]> {
  const encoder = layers.flatMap(({ kernelLength }, index): [string, readonly number[]][] => [
    [`encoder/conv${index + 1}/kernel`, [kernelLength, index === 0 ? 1 : channels, channels]],
    [`encoder/conv${index + 1}/bias`, [channels]],
  ]);
  return {
    ...Object.fromEntries(encoder),
    'context/gru/kernel': [channels, 3 * contextUnits],
    'context/gru/recurrentKernel': [contextUnits, 3 * contextUnits],
    'context/gru/bias': [3 * contextUnits],
    'context/gru/recurrentBias': [3 * contextUnits],
  };
}
