/** Presets with changes: checked, complete, every value with its source. */
import { parseSettings, resolveSettings, type SettingsKind, wrongNegativeCount } from '@cpc/core';
import type { ResolvedSetting } from '@cpc/records';
import { z } from 'zod';
import { type TextSettings, textNegatives, textPresets } from './presets.js';

const count = z.int().min(1);

/** What a setting may be. Unknown names are refused. */
const settingsSchema = z
  .strictObject({
    vocabularySize: z.int().min(2),
    embeddingSize: count,
    wordScale: z.number().gt(0),
    wordRateFactor: z.number().gt(0),
    kernelWords: count.refine((words) => words % 2 === 1, { error: 'expected an odd number' }),
    channels: count,
    contextUnits: count,
    sentencesPerExample: z.int().min(2),
    maxWords: count,
    wordDropout: z.number().min(0).lt(1),
    predictionSteps: count,
    batchSize: count,
    negatives: z.enum(textNegatives),
    negativeCount: z.int().min(2),
    predictorScale: z.number().min(0),
    learningRate: z.number().gt(0),
    learningRateDecaySteps: z.int().min(0),
    clipNorm: z.number().min(0),
  })
  .refine(({ predictionSteps, sentencesPerExample }) => predictionSteps < sentencesPerExample, {
    path: ['predictionSteps'],
    error: 'expected fewer than sentencesPerExample',
  }) satisfies z.ZodType<TextSettings>;

/** What is wrong with settings beside one another, for a training that is to begin: the setting's name, and what it should be. */
export function contradictions({ batchSize, sentencesPerExample, negativeCount }: TextSettings): [string, string][] {
  const layout = { sequences: batchSize, positions: sentencesPerExample };
  const inSettings = `batchSize ${batchSize} x sentencesPerExample ${sentencesPerExample}`;
  const wrong = wrongNegativeCount('batch', negativeCount, layout, inSettings);
  return wrong === undefined ? [] : [['negativeCount', wrong]];
}

const kind: SettingsKind<TextSettings> = { of: 'the text model', presets: textPresets, schema: settingsSchema };

/** Changes to a preset, by the name of the setting. */
export type TextOverrides = Readonly<Record<string, ResolvedSetting>>;

export interface ResolvedTextSettings {
  readonly settings: TextSettings;
  /** The same with where each value came from, for the run record. */
  readonly resolved: Readonly<Record<string, ResolvedSetting>>;
}

/**
 * A preset with overrides applied.
 *
 * @throws {CpcError} if the preset is not known, or an override's name or value is wrong; all wrong ones are listed.
 *
 * @example
 * const { settings } = resolveTextSettings('small', { batchSize: { value: 16, source: 'set' } });
 */
export function resolveTextSettings(preset: string, overrides: TextOverrides = {}): ResolvedTextSettings {
  return resolveSettings(kind, preset, overrides);
}

/**
 * Settings from plain values, such as those stored with a model.
 *
 * @param where - named in the error.
 * @throws {CpcError} if a name or value is wrong.
 */
export function parseTextSettings(values: unknown, where: string): TextSettings {
  return parseSettings(kind, values, where);
}
