/** Presets with changes: checked, complete, every value with its source. */
import { parseSettings, resolveSettings, type SettingsKind } from '@cpc/core';
import type { ResolvedSetting } from '@cpc/records';
import { z } from 'zod';
import { type RlSettings, rlPresets } from './presets.js';

const count = z.int().min(1);
const share = z.number().min(0).max(1);

/** What a setting may be. Unknown names are refused. */
const settingsSchema = z
  .strictObject({
    copies: count,
    unrollSteps: z.int().min(2),
    convolutionChannels: z.tuple([count, count]),
    encoderUnits: count,
    contextUnits: count,
    memory: z.boolean(),
    discount: share,
    rewardLimit: z.number().min(0),
    baselineCost: z.number().min(0),
    entropyCost: z.number().min(0),
    lossReduction: z.enum(['sum', 'mean']),
    contrastive: z.boolean(),
    contrastiveWeight: z.number().min(0),
    predictionSteps: count,
    negativeCount: z.int().min(2),
    anchorEvery: count,
    predictorScale: z.number().min(0),
    learningRate: z.number().gt(0),
    learningRateDecaySteps: z.int().min(0),
    rmspropDecay: z.number().min(0).lt(1),
    rmspropMomentum: z.number().min(0).lt(1),
    rmspropEpsilon: z.number().gt(0),
    clipNorm: z.number().min(0),
  })
  .refine(({ predictionSteps, unrollSteps }) => predictionSteps < unrollSteps, {
    path: ['predictionSteps'],
    error: 'expected fewer than unrollSteps',
  })
  .refine(({ negativeCount, copies, unrollSteps }) => negativeCount <= copies * unrollSteps, {
    path: ['negativeCount'],
    error: 'expected at most copies x unrollSteps',
  }) satisfies z.ZodType<RlSettings>;

const kind: SettingsKind<RlSettings> = { of: 'the agent', presets: rlPresets, schema: settingsSchema };

/** Changes to a preset, by the name of the setting. */
export type RlOverrides = Readonly<Record<string, ResolvedSetting>>;

export interface ResolvedRlSettings {
  readonly settings: RlSettings;
  /** The same with where each value came from, for the run record. */
  readonly resolved: Readonly<Record<string, ResolvedSetting>>;
}

/**
 * A preset with overrides applied.
 *
 * @throws {CpcError} if the preset is not known, or an override's name or value is wrong; all wrong ones are listed.
 *
 * @example
 * const { settings } = resolveRlSettings('small', { contrastive: { value: false, source: 'set' } });
 */
export function resolveRlSettings(preset: string, overrides: RlOverrides = {}): ResolvedRlSettings {
  return resolveSettings(kind, preset, overrides);
}

/**
 * Settings from plain values, such as those stored with a model.
 *
 * @param where - named in the error.
 * @throws {CpcError} if a name or value is wrong.
 */
export function parseRlSettings(values: unknown, where: string): RlSettings {
  return parseSettings(kind, values, where);
}
