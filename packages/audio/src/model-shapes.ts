/** What a stored model must hold, told without making one. */
import type { SpeechModel } from './model.js';

/** The shape of every parameter that `initialiseSpeechModel` makes, by path. */
export function speechModelShapes(model: SpeechModel): Record<string, readonly number[]> {
  const { layers, channels, contextUnits, normalisation } = model;
  const encoder = layers.flatMap(({ kernelLength }, index): [string, readonly number[]][] => [
    [`encoder/conv${index + 1}/kernel`, [kernelLength, index === 0 ? 1 : channels, channels]],
    [`encoder/conv${index + 1}/bias`, [channels]],
    ...normParts[normalisation].map((part): [string, readonly number[]] => [
      `encoder/norm${index + 1}/${part}`,
      [channels],
    ]),
  ]);
  return {
    ...Object.fromEntries(encoder),
    'context/gru/kernel': [channels, 3 * contextUnits],
    'context/gru/recurrentKernel': [contextUnits, 3 * contextUnits],
    'context/gru/bias': [3 * contextUnits],
    'context/gru/recurrentBias': [3 * contextUnits],
  };
}

const normParts: Readonly<Record<SpeechModel['normalisation'], readonly string[]>> = {
  none: [],
  channel: ['gain', 'bias'],
};
