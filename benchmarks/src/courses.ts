/** Loss on the way, of training by the optimised program and by the unoptimised one on the same batches, as a table of differences. */
import { meanAndDeviation } from '@cpc/core';
import { z } from 'zod';
import type { Rows } from './table.js';

const courseSchema = z.object({
  schema: z.literal(1),
  /** Of every run but for its seed. */
  command: z.string(),
  /** Which program. */
  optimised: z.string(),
  unoptimised: z.string(),
  /** Updates that an entry of a course is the mean loss of. */
  meansOverUpdates: z.int().min(1),
  /** Mean losses in nats. */
  seeds: z.array(z.object({ seed: z.int(), optimised: z.array(z.number()), unoptimised: z.array(z.number()) })).min(2),
  /** Both programs going on with the same parameters and moments, from this update on. */
  fromTheSameState: z
    .array(
      z.object({
        update: z.int(),
        optimised: z.number(),
        unoptimised: z.number(),
        gradientNormOptimised: z.number(),
        gradientNormUnoptimised: z.number(),
      }),
    )
    .min(1),
});

export type CourseRecord = z.infer<typeof courseSchema>;

export function parseCourses(text: string): CourseRecord {
  return courseSchema.parse(JSON.parse(text));
}

/** By part of the course: optimised loss minus unoptimised loss of every seed, and their mean with its standard error. */
export function courseRows({ seeds, meansOverUpdates }: CourseRecord): Rows {
  const parts = seeds[0]?.optimised.length ?? 0;
  const rows = Array.from({ length: parts }, (_, part) => {
    const differences = seeds.map(
      ({ optimised, unoptimised }) => (optimised[part] ?? Number.NaN) - (unoptimised[part] ?? Number.NaN),
    );
    const { mean, deviation = Number.NaN } = meanAndDeviation(differences);
    const error = deviation / Math.sqrt(seeds.length);
    return [
      `${part * meansOverUpdates + 1} to ${(part + 1) * meansOverUpdates}`,
      ...differences.map(nats),
      `${nats(mean)} ± ${error.toFixed(3)}`,
    ];
  });
  return [['updates', ...seeds.map(({ seed }) => `seed ${seed}`), 'mean'], ...rows];
}

/** By update from the same state: the losses, and how far apart loss and gradient norm are, relative to the unoptimised ones. */
export function sameStateRows({ fromTheSameState }: CourseRecord): Rows {
  const first = fromTheSameState[0]?.update ?? 0;
  return [
    ['updates on', 'loss apart', 'gradient norm apart'],
    ...fromTheSameState
      .filter(({ update }) => (update - first) % 4 === 0)
      .map((one) => [
        String(one.update - first + 1),
        apart(one.optimised, one.unoptimised),
        apart(one.gradientNormOptimised, one.gradientNormUnoptimised),
      ]),
  ];
}

function apart(value: number, from: number): string {
  const relative = Math.abs(value / from - 1);
  return relative === 0 ? '0' : relative.toExponential(0);
}

function nats(difference: number): string {
  return `${difference < 0 ? '−' : '+'}${Math.abs(difference).toFixed(3)}`;
}
