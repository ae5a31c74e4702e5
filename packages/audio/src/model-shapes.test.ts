import { createRandom, flatten } from '@cpc/core';
import { expect, it } from 'vitest';
import { initialiseSpeechModel, paperLayers } from './model.js';
import { speechModelShapes } from './model-shapes.js';

it.each([
  { layers: paperLayers, channels: 4, contextUnits: 3, normalisation: 'channel' as const },
  { layers: [{ kernelLength: 3, stride: 2 }], channels: 1, contextUnits: 5, normalisation: 'none' as const },
])('speechModelShapes names the parameters that initialiseSpeechModel makes, each with its shape: %j', (model) => {
  const made = Object.entries(flatten(initialiseSpeechModel(model, createRandom(1))));
  expect(speechModelShapes(model)).toEqual(Object.fromEntries(made.map(([path, { shape }]) => [path, shape])));
});
