/** Presets with changes: checked, complete, every value with its source. */
import { parseSettings, resolveSettings, type SettingsKind, wrongNegativeCount } from '@cpc/core';
import type { ResolvedSetting } from '@cpc/records';
import { z } from 'zod';
import { imagePixels } from './geometry.js';
import { negativeOrigins } from './negatives.js';
import {
  colours,
  contextKinds,
  type EncoderDepth,
  encoderDepths,
  initialisations,
  negativeSources,
  normalisations,
  stems,
  type VisionSettings,
  visionPresets,
} from './presets.js';

const count = z.int().min(1);

/** What a setting may be. Unknown names are refused. */
const settingsSchema = z
  .strictObject({
    patchPixels: z.int().min(4),
    patchStride: count,
    gridSize: z.int().min(2),
    resizePixels: count,
    subcropPixels: count,
    colour: z.enum(colours),
    flip: z.boolean(),
    depth: z.literal(encoderDepths) satisfies z.ZodType<EncoderDepth>,
    width: count,
    stem: z.enum(stems),
    normalisation: z.enum(normalisations),
    initialisation: z.enum(initialisations),
    finalRelu: z.boolean(),
    latentScale: z.number().gt(0),
    context: z.enum(contextKinds),
    contextUnits: count,
    contextBlocks: count,
    firstOffset: count,
    lastOffset: count,
    batchSize: count,
    negatives: z.enum(negativeSources),
    negativeCount: z.int().min(2),
    predictorScale: z.number().min(0),
    learningRate: z.number().gt(0),
    learningRateDecaySteps: z.int().min(0),
    clipNorm: z.number().min(0),
    recomputeBlocks: z.boolean(),
  })
  .refine(({ patchStride, patchPixels }) => patchStride <= patchPixels, {
    path: ['patchStride'],
    error: 'expected at most patchPixels: there would be pixels in no patch',
  })
  .refine((grid) => grid.resizePixels >= imagePixels(grid), {
    path: ['resizePixels'],
    error: 'expected at least patchPixels + (gridSize - 1) * patchStride, which the grid covers',
  })
  .refine(({ subcropPixels, patchPixels }) => subcropPixels <= patchPixels, {
    path: ['subcropPixels'],
    error: 'expected at most patchPixels',
  })
  .refine(({ firstOffset, lastOffset, gridSize }) => firstOffset <= lastOffset && lastOffset < gridSize, {
    path: ['lastOffset'],
    error: 'expected from firstOffset to gridSize - 1',
  }) satisfies z.ZodType<VisionSettings>;

/** What is wrong with settings beside one another, for a training that is to begin: the setting's name, and what it should be. */
export function contradictions({ batchSize, gridSize, negatives, negativeCount }: VisionSettings): [string, string][] {
  const layout = { sequences: batchSize, positions: gridSize ** 2 }; // an image's columns as one long sequence
  const inSettings = `batchSize ${batchSize}, ${gridSize ** 2} patches an image`;
  const wrong = wrongNegativeCount(negativeOrigins[negatives], negativeCount, layout, inSettings);
  return wrong === undefined ? [] : [['negativeCount', wrong]];
}

const kind: SettingsKind<VisionSettings> = {
  of: 'the vision model',
  presets: visionPresets,
  schema: settingsSchema,
};

/** Changes to a preset, by the name of the setting. */
export type VisionOverrides = Readonly<Record<string, ResolvedSetting>>;

export interface ResolvedVisionSettings {
  readonly settings: VisionSettings;
  /** The same with where each value came from, for the run record. */
  readonly resolved: Readonly<Record<string, ResolvedSetting>>;
}

/**
 * A preset with overrides applied.
 *
 * @throws {CpcError} if the preset is not known, or an override's name or value is wrong; all wrong ones are listed.
 *
 * @example
 * const { settings } = resolveVisionSettings('small', { batchSize: { value: 8, source: 'set' } });
 */
export function resolveVisionSettings(preset: string, overrides: VisionOverrides = {}): ResolvedVisionSettings {
  return resolveSettings(kind, preset, overrides);
}

/**
 * Settings from plain values, such as those stored with a model.
 *
 * @param where - named in the error.
 * @throws {CpcError} if a name or value is wrong.
 */
export function parseVisionSettings(values: unknown, where: string): VisionSettings {
  return parseSettings(kind, values, where);
}
