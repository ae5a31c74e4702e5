import { createRandom, flatten, type HostArray } from '@cpc/core';
import { encodeSafetensors } from '@cpc/runs';
import { describe, expect, it } from 'vitest';
import { initialiseSpeechModel } from '../model.js';
import { smallPreset } from '../presets.js';
import { speechModels } from './model-file.js';

const settings = { ...smallPreset, channels: 4, contextUnits: 3 };
const parameters = flatten(initialiseSpeechModel(settings, createRandom(1)));
const file = (change: Readonly<Record<string, HostArray>> = {}, metadata: Readonly<Record<string, string>> = {}) =>
  encodeSafetensors({ ...parameters, ...change }, { ...speechModels.metadata({ settings }, 7), ...metadata });

describe('decodeSpeechModel', () => {
  it('gives back settings, seed 7 and all 14 parameters', () => {
    const model = speechModels.decode(file(), 'model');
    expect(model.settings).toEqual(settings);
    expect(model.seed).toBe(7);
    expect(flatten(model.parameters)).toEqual(parameters);
    expect(Object.keys(flatten(model.parameters))).toHaveLength(14);
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      'parameters of 4 channels under settings of 5',
      file({}, speechModels.metadata({ settings: { ...settings, channels: 5 } }, 7)),
      /model: expected encoder\/conv1\/kernel of shape \[10, 1, 5\], as its settings say, received \[10, 1, 4\]/,
    ],
    [
      'a kernel of another shape with as many numbers',
      file({ 'encoder/conv1/kernel': { shape: [1, 10, 4], data: new Float32Array(40) } }),
      /conv1\/kernel of shape \[10, 1, 4\].*received \[1, 10, 4\]/,
    ],
    [
      'a model without its GRU',
      encodeSafetensors(
        { 'encoder/conv1/kernel': parameters['encoder/conv1/kernel'] as HostArray },
        speechModels.metadata({ settings }, 7),
      ),
      /received no such parameter/,
    ],
    ['a seed that is no number', file({}, { seed: 'seven' }), /model: expected a whole number as seed, received seven/],
    ['a model of text', file({}, { domain: 'text' }), /model: expected a model of the domain audio, received text/],
    ['settings that are no JSON', file({}, { settings: '{' }), /model: expected the settings of the model/],
  ])('refuses %s', (_name, bytes, message) => {
    expect(() => speechModels.decode(bytes, 'model')).toThrow(message);
  });
});
