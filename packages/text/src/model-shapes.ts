/** Which parameters a text model has, predictors apart. */
import type { TextModel } from './model.js';

/** Shapes by path. */
export function textModelShapes({
  vocabularySize,
  embeddingSize,
  kernelWords,
  channels,
  contextUnits,
}: TextModel): Record<string, readonly number[]> {
  const gates = 3 * contextUnits;
  return {
    'encoder/words/table': [vocabularySize, embeddingSize],
    'encoder/convolution/kernel': [kernelWords, embeddingSize, channels],
    'encoder/convolution/bias': [channels],
    'context/gru/kernel': [channels, gates],
    'context/gru/recurrentKernel': [contextUnits, gates],
    'context/gru/bias': [gates],
    'context/gru/recurrentBias': [gates],
  };
}
