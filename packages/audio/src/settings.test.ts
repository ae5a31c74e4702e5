import { describe, expect, it } from 'vitest';
import { paperPreset } from './presets.js';
import { parseSpeechSettings, resolveSpeechSettings } from './settings.js';

describe('resolveSpeechSettings', () => {
  it('takes values from the preset and says so, but for one set to 16', () => {
    const { settings, resolved } = resolveSpeechSettings('paper', { batchSize: { value: 16, source: 'set' } });
    expect(settings.batchSize).toBe(16);
    expect(settings.channels).toBe(512);
    expect(resolved.batchSize).toEqual({ value: 16, source: 'set' });
    expect(resolved.channels).toEqual({ value: 512, source: 'preset' });
  });

  it('lists every wrong setting, and the names there are', () => {
    const overrides = { batchSize: { value: 0, source: 'set' }, chanels: { value: 3, source: 'set' } } as const;
    expect(() => resolveSpeechSettings('small', overrides)).toThrow(
      /batchSize.*chanels.*Settings are layers, channels/,
    );
  });

  it('reads settings stored before there were 4 of them as what was computed then', () => {
    const { normalisation, speedPerturbation, predictorScale, learningRateDecaySteps, ...earlier } = paperPreset;
    expect([normalisation, speedPerturbation, predictorScale, learningRateDecaySteps]).toEqual(['none', 0, 1, 0]);
    expect(parseSpeechSettings(earlier, 'model')).toEqual(paperPreset);
  });

  it('refuses a preset that is not there, naming those that are', () => {
    expect(() => resolveSpeechSettings('large')).toThrow(/one of paper, small, received "large"/);
  });
});
