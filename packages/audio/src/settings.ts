/** Presets with changes: checked, complete, every value with its source. */
import { parseSettings, resolveSettings, type SettingsKind, wrongNegativeCount } from '@cpc/core';
import type { ResolvedSetting } from '@cpc/records';
import { z } from 'zod';
import { encoderHop } from './model.js';
import { negativeOrigins, negativeSources, type SpeechSettings, speechPresets } from './presets.js';

const count = z.int().min(1);

/** What a setting may be. Unknown names are refused; those with a default came later than models that are stored without. */
const settingsSchema = z
  .strictObject({
    layers: z.array(z.strictObject({ kernelLength: count, stride: count })).min(1),
    channels: count,
    contextUnits: count,
    normalisation: z.enum(['none', 'channel']).default('none'),
    windowSamples: count,
    predictionSteps: count,
    batchSize: count,
    negatives: z.enum(negativeSources),
    negativeCount: z.int().min(2),
    inputScaling: z.enum(['unit-variance', 'none']),
    speedPerturbation: z.number().min(0).max(0.5).default(0),
    predictorScale: z.number().min(0).default(1),
    learningRate: z.number().gt(0),
    learningRateDecaySteps: z.int().min(0).default(0),
    clipNorm: z.number().min(0),
  })
  .refine(({ layers }) => layers.every(({ kernelLength, stride }) => kernelLength >= stride), {
    path: ['layers'],
    error: 'expected a kernelLength of at least the stride: there would be samples that no latent sees',
  }) satisfies z.ZodType<SpeechSettings>;

/**
 * What is wrong with settings beside one another, for a training that is to begin: the setting's name, and what it should be.
 *
 * An ablation sets some of them itself, row by row.
 */
export function contradictions(settings: SpeechSettings): (readonly [string, string])[] {
  const { windowSamples, layers, predictionSteps, batchSize, negatives, negativeCount } = settings;
  const hop = encoderHop(layers);
  const positions = windowSamples / hop;
  if (!Number.isInteger(positions) || positions <= predictionSteps) {
    const least = (predictionSteps + 1) * hop;
    return [
      [
        'windowSamples',
        `expected a multiple of ${hop}, the strides together, of at least ${least}: a latent more than predictionSteps`,
      ],
    ];
  }
  const wrong = wrongNegativeCount(
    negativeOrigins[negatives],
    negativeCount,
    { sequences: batchSize, positions },
    `batchSize ${batchSize}, ${positions} latents a window`,
  );
  return wrong === undefined ? [] : [['negativeCount', wrong]];
}

const kind: SettingsKind<SpeechSettings> = { of: 'the speech model', presets: speechPresets, schema: settingsSchema };

/** Changes to a preset, by the name of the setting. */
export type SpeechOverrides = Readonly<Record<string, ResolvedSetting>>;

export interface ResolvedSpeechSettings {
  readonly settings: SpeechSettings;
  /** The same with where each value came from, for the run record. */
  readonly resolved: Readonly<Record<string, ResolvedSetting>>;
}

/**
 * A preset with overrides applied.
 *
 * @throws {CpcError} if the preset is not known, or an override's name or value is wrong; all wrong ones are listed.
 *
 * @example
 * const { settings } = resolveSpeechSettings('small', { batchSize: { value: 16, source: 'set' } });
 */
export function resolveSpeechSettings(preset: string, overrides: SpeechOverrides = {}): ResolvedSpeechSettings {
  return resolveSettings(kind, preset, overrides);
}

/**
 * Settings from plain values, such as those stored with a model.
 *
 * @param where - named in the error.
 * @throws {CpcError} if a name or value is wrong.
 */
export function parseSpeechSettings(values: unknown, where: string): SpeechSettings {
  return parseSettings(kind, values, where);
}
