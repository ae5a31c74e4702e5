import { describe, expect, it } from 'vitest';
import { encodeSafetensors } from '../safetensors.js';
import {
  decodeModelFile,
  metadataJson,
  modelFileMetadata,
  readModelFile,
  requireParameterShapes,
} from './model-file.js';

const kernel = { shape: [2, 1], data: Float32Array.of(1, 2) };
const bytes = (metadata = modelFileMetadata('toy', 7, { settings: '{"units":2}' })) =>
  encodeSafetensors({ kernel }, metadata);

describe('a model file', () => {
  it('gives back 1 parameter, seed 7 and the settings that its domain added', () => {
    const file = decodeModelFile(bytes(), 'm', 'toy');
    expect([file.parameters, file.seed]).toEqual([{ kernel }, 7]);
    expect(metadataJson(file, 'settings', 'm')).toEqual({ units: 2 });
  });

  it('of another domain, with a seed of 1.5 or without what is asked of its metadata is refused by name', () => {
    expect(() => decodeModelFile(bytes(), 'm', 'audio')).toThrow(
      /m: expected a model of the domain audio, received toy/,
    );
    const odd = bytes({ ...modelFileMetadata('toy', 7, {}), seed: '1.5' });
    expect(() => decodeModelFile(odd, 'm', 'toy')).toThrow(/m: expected a whole number as seed, received 1\.5/);
    expect(() => metadataJson(decodeModelFile(bytes(), 'm', 'toy'), 'words', 'm')).toThrow(
      /m: expected the words of the model in its metadata, received none/,
    );
  });

  it('has the shapes that its settings say, or the first other one is named', () => {
    const file = decodeModelFile(bytes(), 'm', 'toy');
    const said = { origin: 'its settings', where: 'm' };
    expect(() => requireParameterShapes(file, { kernel: [2, 1] }, said)).not.toThrow();
    expect(() => requireParameterShapes(file, { kernel: [1, 2] }, said)).toThrow(
      /m: expected kernel of shape \[1, 2\], as its settings say, received \[2, 1\]/,
    );
    expect(() => requireParameterShapes(file, { bias: [1] }, said)).toThrow(/received no such parameter/);
  });

  it('that is not there is said to need a run, with the command that makes one', async () => {
    await expect(readModelFile('nowhere', 'toy')).rejects.toThrow(/finished or interrupted run.*`cpc toy train`/);
  });
});
