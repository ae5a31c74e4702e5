import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseSettings, resolveSettings, type SettingsKind } from './experiment-settings.js';

interface Settings {
  readonly units: number;
  readonly mode: 'plain' | 'fast';
}

const kind: SettingsKind<Settings> = {
  of: 'the toy model',
  presets: { paper: { units: 8, mode: 'plain' } },
  schema: z.strictObject({ units: z.int().min(1), mode: z.enum(['plain', 'fast']).default('plain') }),
};

describe('resolveSettings', () => {
  it('is the preset with 1 of 2 values changed, each with its source', () => {
    const { settings, resolved } = resolveSettings(kind, 'paper', { units: { value: 4, source: 'flag' } });
    expect(settings).toEqual({ units: 4, mode: 'plain' });
    expect(resolved).toEqual({ units: { value: 4, source: 'flag' }, mode: { value: 'plain', source: 'preset' } });
  });

  it('lists both wrong values, and the settings that there are', () => {
    const wrong = { units: { value: 0, source: 'set' }, size: { value: 1, source: 'set' } } as const;
    expect(() => resolveSettings(kind, 'paper', wrong)).toThrow(
      /settings: expected settings of the toy model, received .*units.*size.*Settings are units, mode\./s,
    );
  });

  it('refuses 4 names that every object has as it refuses others', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const overrides = Object.fromEntries([[name, { value: 1, source: 'set' as const }]]);
      expect(() => resolveSettings(kind, 'paper', overrides)).toThrow(`Unrecognized key: "${name}". Settings are`);
    }
  });

  it('refuses a preset that is not there, also by the name of what every object has', () => {
    for (const name of ['small', 'toString'])
      expect(() => resolveSettings(kind, name, {})).toThrow(`preset: expected one of paper, received "${name}"`);
  });
});

it('parseSettings fills in a mode that came later, and names where a wrong one was stored', () => {
  expect(parseSettings(kind, { units: 2 }, 'model')).toEqual({ units: 2, mode: 'plain' });
  expect(() => parseSettings(kind, { units: 2, mode: 'slow' }, 'a.safetensors')).toThrow(/^a\.safetensors: .*mode: /);
});
