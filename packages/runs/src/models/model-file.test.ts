import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CpcError } from '@cpc/base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../formats/safetensors.js';
import {
  decodeModelFile,
  metadataJson,
  modelFileMetadata,
  readModelFile,
  reportWarnings,
  requireParameterShapes,
  writeModelFile,
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

describe('a model file with a checksum', () => {
  let folder = '';
  let sound: Uint8Array = new Uint8Array(0);
  const parameters = { kernel, größe: { shape: [3], data: Float32Array.of(0.5, -0, 1e-30) } };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cpc-model-'));
    const path = join(folder, 'model.safetensors');
    await writeModelFile(
      path,
      parameters,
      modelFileMetadata('toy', 7, { settings: '{"units":2}', words: '["große"]' }),
    );
    sound = await readFile(path);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('gives back 2 parameters, the metadata of its domain and 0 warnings', () => {
    const file = decodeModelFile(sound, 'm', 'toy');
    expect([file.parameters, file.warnings]).toEqual([parameters, []]);
    expect(file.metadata).toEqual(modelFileMetadata('toy', 7, { settings: '{"units":2}', words: '["große"]' }));
  });

  it('is refused with every single one of its bits flipped, in header, metadata and data', () => {
    expect(sound.length).toBeGreaterThan(300);
    for (let bit = 0; bit < sound.length * 8; bit++) {
      const damaged = Uint8Array.from(sound);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(refusal(damaged), `bit ${bit}`).toMatch(/^m: expected /);
    }
  });

  it('is refused wherever it is cut off, and with 1 byte more', () => {
    for (let length = 0; length < sound.length; length++)
      expect(refusal(sound.subarray(0, length)), `${length} bytes`).toMatch(/^m: expected /);
    expect(refusal(Uint8Array.of(...sound, 0))).toMatch(/^m: expected /);
  });

  it('is refused with 4 bytes of another finite number in place of a weight, naming what to do', () => {
    const damaged = Uint8Array.from(sound);
    damaged.set(new Uint8Array(Float32Array.of(3).buffer), damaged.length - 4);
    expect(refusal(damaged)).toMatch(/expected the SHA-256 [0-9a-f]{64}, received [0-9a-f]{64}\. The file is damaged/);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'that was written with the weight %d is refused, naming parameter and place',
    async (value) => {
      const path = join(folder, 'odd.safetensors');
      const odd = { layer: { kernel: { shape: [2], data: Float32Array.of(1, value) } } };
      await writeModelFile(path, odd, modelFileMetadata('toy', 7, {}));
      expect(refusal(await readFile(path))).toContain(
        `m: expected finite parameters in layer/kernel, received ${value} at index 1`,
      );
    },
  );

  it('is read by decodeSafetensors as any other, with 2 texts of metadata more', () => {
    const { tensors, metadata } = decodeSafetensors(sound, 'm');
    expect(tensors).toEqual(parameters);
    expect(metadata).toMatchObject({
      'cpc.checksum': 'cpc.sha256',
      'cpc.sha256': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('of an earlier version has no checksum: it loads with 1 warning, which a command shows', () => {
    const file = decodeModelFile(bytes(), 'runs/a/model.safetensors', 'toy');
    expect(file.warnings).toEqual([expect.stringMatching(/^runs\/a\/model\.safetensors has no checksum/)]);
    const shown = reportWarnings(file);
    expect(shown.next().value).toEqual({ type: 'warning', message: file.warnings[0] });
    expect(shown.next()).toEqual({ done: true, value: file });
  });

  it('that cannot be written because metadata use its key is refused before a file is there', async () => {
    const path = join(folder, 'none.safetensors');
    await expect(writeModelFile(path, { kernel }, { 'cpc.sha256': 'x' })).rejects.toThrow(
      /metadata without "cpc.sha256"/,
    );
    await expect(readFile(path)).rejects.toThrow('ENOENT');
  });

  it('that is a directory is refused as one', async () => {
    await expect(readModelFile(folder, 'toy')).resolves.toBeDefined();
    const run = join(folder, 'run');
    await mkdir(join(run, 'model.safetensors'), { recursive: true });
    await expect(readModelFile(run, 'toy')).rejects.toThrow(/expected a regular file, received a directory/);
  });
});

function refusal(damaged: Uint8Array): string {
  try {
    decodeModelFile(damaged, 'm', 'toy');
    return 'none';
  } catch (error) {
    if (!CpcError.isInstance(error)) throw error;
    return error.message;
  }
}
