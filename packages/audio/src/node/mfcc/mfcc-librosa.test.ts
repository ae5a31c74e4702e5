/** Our MFCCs against librosa's, over many settings. Skipped where Python lacks it; `mfcc.test.ts` holds stored figures of its. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@cpc/core';
import { afterAll, describe, expect, it } from 'vitest';
import { mfcc } from '../../mfcc/mfcc.js';
import type { MfccOptions } from '../../mfcc/mfcc-options.js';

const probe = spawnSync('python3', ['-c', 'import librosa, numpy'], { encoding: 'utf8' });
const reason = probe.status === 0 ? '' : ' (skipped: python3 cannot import librosa and numpy)';
const program = join(import.meta.dirname, '../../mfcc/fixtures/make_librosa_fixture.py');

const htk = { window: 'hamming', preEmphasis: 0.97, melScale: 'htk', filterCount: 26, coefficientCount: 13 } as const;
const slaney = { window: 'hann', preEmphasis: 0, melScale: 'slaney', filterCount: 40, coefficientCount: 20 } as const;

/** The program has defaults for rate, hop, window and corners alone. */
const cases: readonly MfccOptions[] = [
  { ...htk, lifter: 22, deltas: 2 },
  { ...slaney, lifter: 0, deltas: 2, normalise: true },
  { ...slaney, lifter: 12, deltas: 1, sampleRateHz: 8000, hopSamples: 80, windowSamples: 200, highestHz: 4000 },
  {
    ...htk,
    lifter: 0,
    deltas: 0,
    filterCount: 80,
    windowSamples: 1024,
    hopSamples: 256,
    lowestHz: 20,
    highestHz: 7000,
  },
];

describe.skipIf(probe.status !== 0)(`librosa${reason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-mfcc-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('agrees to 1e-4 on 1.4 s of noise under swells, under 4 settings', () => {
    const random = createRandom(4);
    const samples = Float32Array.from({ length: 22_400 }, (_, n) => 0.2 * Math.sin(n / 3000) ** 2 * random.normal());
    const path = join(folder, 'samples.f32');
    writeFileSync(path, new Uint8Array(samples.buffer));
    const printed = execFileSync('python3', [program, path, JSON.stringify(cases)], { encoding: 'utf8' });
    const theirs = JSON.parse(printed) as number[][][];
    for (const [index, settings] of cases.entries()) {
      const expected = theirs[index] ?? [];
      const { shape, data } = mfcc(samples, settings);
      expect(shape).toEqual([expected.length, expected[0]?.length]);
      const apart = expected.flat().map((value, place) => Math.abs(value - (data[place] ?? Number.NaN)));
      expect(Math.max(...apart)).toBeLessThan(1e-4);
    }
  });
});
