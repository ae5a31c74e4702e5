import { describe, expect, it } from 'vitest';
import { paperPreset, smallPreset, visionPresets } from './presets.js';
import { parseVisionSettings, resolveVisionSettings } from './settings.js';

const set = (value: number | string) => ({ value, source: 'set' }) as const;

describe('resolveVisionSettings', () => {
  it('gives both presets as they are, and every value its source', () => {
    for (const [name, preset] of Object.entries(visionPresets)) {
      const { settings, resolved } = resolveVisionSettings(name, { batchSize: set(8) });
      expect(settings).toEqual({ ...preset, batchSize: 8 });
      expect([resolved.batchSize?.source, resolved.depth?.source]).toEqual(['set', 'preset']);
    }
  });

  it('has the paper’s figures: 300, 256 by 7 x 7 of 64, 60, grey, ResNet 101, 2e-4, 16 images', () => {
    expect(paperPreset).toMatchObject({
      ...{ resizePixels: 300, patchPixels: 64, patchStride: 32, gridSize: 7, subcropPixels: 60, colour: 'grey' },
      ...{ depth: 101, width: 64, normalisation: 'none', learningRate: 2e-4, batchSize: 16, lastOffset: 5 },
    });
  });

  it.each([
    [{ depth: set(35) }, /depth: Invalid/],
    [{ resizePixels: set(47) }, /resizePixels: expected at least patchPixels \+ \(gridSize - 1\) \* patchStride/],
    [{ subcropPixels: set(13) }, /subcropPixels: expected at most patchPixels/],
    [{ patchStride: set(13), resizePixels: set(200) }, /patchStride: expected at most patchPixels/],
    [{ lastOffset: set(7) }, /lastOffset: expected from firstOffset to gridSize - 1/],
    [{ firstOffset: set(6) }, /lastOffset: expected from firstOffset/],
    [{ colour: set('red') }, /colour: Invalid/],
    [{ wide: set(1) }, /Unrecognized key: "wide"/],
  ])('refuses %j', (overrides, message) => {
    expect(() => resolveVisionSettings('small', overrides)).toThrow(message);
  });

  it('reads settings stored with a model, naming the file where one is wrong', () => {
    expect(parseVisionSettings(JSON.parse(JSON.stringify(smallPreset)), 'a')).toEqual(smallPreset);
    expect(() => parseVisionSettings({ ...smallPreset, flip: 1 }, 'a.safetensors')).toThrow(/^a\.safetensors: .*flip/);
  });
});
