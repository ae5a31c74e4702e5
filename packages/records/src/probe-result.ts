/**
 * What a probe found: how well a classifier reads labels off frozen features.
 */
import { z } from 'zod';

/** An interval that covers the true figure with probability `level`. */
export const confidenceIntervalSchema = z
  .object({
    low: z.number(),
    high: z.number(),
    /** such as 0.95 */
    level: z.number().gt(0).lt(1),
    /** what was drawn anew to find it, such as `speakers` or `recordings`; absent in older records */
    over: z.string().min(1).optional(),
    /** how many of those there were */
    clusters: z.int().min(1).optional(),
  })
  .refine(({ low, high }) => low <= high, { error: 'expected low <= high' });

/** The interval is of the difference itself: both are drawn anew together. */
export const trainedLeadSchema = z.object({
  /** which of the trained model's features */
  representation: z.string().min(1),
  /** from -1 to 1; below 0 where the baseline is ahead */
  difference: z.number().min(-1).max(1),
  confidence: confidenceIntervalSchema,
});

export const probeResultSchema = z
  .object({
    /** what is read off the features, such as `phone` */
    task: z.string().min(1),
    /** which features, such as `context` or `latent` */
    representation: z.string().min(1),
    /** what made the features when the trained model did not: `random`, `mfcc`, `supervised`, … */
    baseline: z.string().min(1).optional(),
    /** what was fitted to the features: `linear` (logistic regression), `mlp`, `neighbours`, …; absent means `linear` */
    classifier: z.string().min(1).optional(),
    /** true: an example is the mean of the features over an input; absent or false: every position is one */
    pooled: z.boolean().optional(),
    /** a fraction from 0 to 1; the share of all test examples of all folds that were right */
    accuracy: z.number().min(0).max(1),
    /** the share of all test examples whose class was among the five likeliest; absent where it was not asked, or of fewer than 6 classes */
    accuracyTop5: z.number().min(0).max(1).optional(),
    /** the share of the training examples whose labels were used, above 0, up to 1; absent means all */
    labelShare: z.number().gt(0).max(1).optional(),
    /** of each fold by itself, in the order that `split` tells; absent in older records */
    accuracyPerFold: z.array(z.number().min(0).max(1)).optional(),
    classes: z.int().min(2),
    counts: z.object({
      train: z.int().min(0),
      /** examples used only to choose settings such as the L2 weight, or when to stop */
      validation: z.int().min(0).optional(),
      test: z.int().min(0),
    }),
    /** 1 for a fixed split */
    folds: z.int().min(1),
    /** in words: what was held out, and what both sides share, such as `4 folds, no speaker on both sides` */
    split: z.string().min(1).optional(),
    /** fingerprint of the data that were probed */
    dataFingerprint: z.string().min(1).optional(),
    /** in words: which label a position takes, where several could be meant */
    alignment: z.string().min(1).optional(),
    confidence: confidenceIntervalSchema,
    /** of each fold: the inverse strength of the L2 penalty, C, that was chosen on its training side; absent where none was */
    inverseRegularisation: z.array(z.number().gt(0)).optional(),
    /** of a baseline: how far the trained model's features are ahead of it, in accuracy, on the same examples */
    trainedLead: z.array(trainedLeadSchema).optional(),
    /** words that training never saw and that were given vectors, by a map from those in `file`; absent where none were */
    addedWords: z
      .object({
        file: z.string().min(1),
        /** words of the vocabulary that the map was fitted on */
        shared: z.int().min(1),
        added: z.int().min(0),
      })
      .optional(),
    /** row = true class, column = predicted class, entries = test examples */
    confusion: z.array(z.array(z.int().min(0))).optional(),
  })
  .refine(({ accuracyPerFold, folds }) => accuracyPerFold === undefined || accuracyPerFold.length === folds, {
    path: ['accuracyPerFold'],
    error: 'expected one accuracy per fold',
  })
  .refine(({ inverseRegularisation: chosen, folds }) => chosen === undefined || chosen.length === folds, {
    path: ['inverseRegularisation'],
    error: 'expected one per fold',
  })
  .refine(({ confusion, classes }) => confusion === undefined || isSquare(confusion, classes), {
    path: ['confusion'],
    error: 'expected one row and one column per class',
  });

/** How well a classifier reads labels off frozen features. */
export type ProbeResult = z.infer<typeof probeResultSchema>;

/** An interval that covers the true figure with probability `level`. */
export type ConfidenceInterval = z.infer<typeof confidenceIntervalSchema>;

function isSquare(rows: readonly (readonly number[])[], size: number): boolean {
  return rows.length === size && rows.every((row) => row.length === size);
}
