/** The results of a probe as a person reads them, and next to a random baseline. */
import type { ProbeResult } from '@cpc/records';
import type { Comparison, Outcome } from './command.js';
import { percent, table } from './text.js';

/** What the features of a model that was not trained are called. */
export const randomBaseline = 'random';

/** The results among the events of a probe. */
export function resultsOf({ events }: Pick<Outcome, 'events'>): ProbeResult[] {
  return events.flatMap((event) => (isProbeEnd(event) ? [event.result] : []));
}

function isProbeEnd(event: object): event is { readonly result: ProbeResult } {
  return 'type' in event && event.type === 'probe-end';
}

/**
 * Trained features next to random ones.
 *
 * @throws {Error} if either has no result.
 */
export function compareProbes(outcome: Outcome): Comparison {
  const results = resultsOf(outcome);
  const trained = resultOf(results, undefined);
  const random = resultOf(results, randomBaseline);
  const figures = { trained: percent(trained.accuracy), random: percent(random.accuracy) };
  const isBetter = trained.accuracy > random.accuracy;
  return { task: trained.task, trained, random, figures, isBetter, verdict: verdict(trained, random, isBetter) };
}

function resultOf(results: readonly ProbeResult[], baseline: string | undefined): ProbeResult {
  const result = results.find((candidate) => candidate.baseline === baseline);
  if (result !== undefined) return result;
  throw new Error(`the probe gave no result for ${baseline ?? 'the trained model'}.`);
}

function verdict(trained: ProbeResult, random: ProbeResult, isBetter: boolean): string {
  const figures = `${percent(trained.accuracy)} against ${percent(random.accuracy)} on ${trained.classes} classes`;
  if (!isBetter) return `training did NOT help: ${figures}.`;
  const apart = trained.confidence.low > random.confidence.high;
  const certainty = apart ? 'the intervals do not touch' : 'but the intervals overlap';
  return `the trained features are better than random ones: ${figures}; ${certainty}.`;
}

/** The figures, and below them what trained features are ahead by, how the data were split, which label a position took, and what the intervals are over. */
export function probeText(results: readonly ProbeResult[]): string {
  const all = results.map((result) => ({ ...result, intervals: intervalsText(result) }));
  const notes = (['split', 'alignment', 'intervals'] as const).flatMap((name) =>
    [...new Set(all.map((result) => result[name]))].filter((note) => note !== undefined).map((note) => [name, note]),
  );
  const below = [...leads(results), ...notes];
  return [probeTable(results), ...(below.length === 0 ? [] : ['', table(below)])].join('\n');
}

/** How far the trained features are ahead of each baseline. */
function leads(results: readonly ProbeResult[]): string[][] {
  return results.flatMap(({ baseline, labelShare, trainedLead = [] }) =>
    trainedLead.map(({ representation, difference, confidence: { low, high, level } }) => [
      `${representation} ahead of ${baseline}${labelShare === undefined ? '' : `, ${percent(labelShare)} of labels`}`,
      `${points(difference)} points, ${points(low)} to ${points(high)} (${Math.round(level * 100)} %)`,
    ]),
  );
}

function points(difference: number): string {
  return `${difference < 0 ? '' : '+'}${(100 * difference).toFixed(1)}`;
}

/** A row per origin of the features; where there are several folds, what each came to by itself. */
function probeTable(results: readonly ProbeResult[]): string {
  const columns = ['features', 'task', 'representation', 'classifier', 'accuracy', 'interval', 'classes', 'tested'];
  const further = furtherColumns.filter(({ isTold }) => results.some(isTold));
  const rows = results.map((result) => [...cellsOf(result), ...further.map(({ cell }) => cell(result))]);
  return table([[...columns, ...further.map(({ head }) => head)], ...rows], [4, 6, 7]);
}

/** Columns that stand there where a result has something to tell. */
const furtherColumns: readonly {
  readonly head: string;
  readonly isTold: (result: ProbeResult) => boolean;
  readonly cell: (result: ProbeResult) => string;
}[] = [
  { head: 'by fold', isTold: ({ accuracyPerFold = [] }) => accuracyPerFold.length > 1, cell: foldsText },
  {
    head: 'top 5',
    isTold: ({ accuracyTop5 }) => accuracyTop5 !== undefined,
    cell: ({ accuracyTop5 }) => (accuracyTop5 === undefined ? '' : percent(accuracyTop5)),
  },
  {
    head: 'labels',
    isTold: ({ labelShare }) => labelShare !== undefined,
    cell: ({ labelShare = 1, counts }) => `${counts.train} (${percent(labelShare)})`,
  },
  {
    head: 'words added',
    isTold: ({ addedWords }) => addedWords !== undefined,
    cell: ({ addedWords }) => (addedWords === undefined ? '' : String(addedWords.added)),
  },
];

function cellsOf(result: ProbeResult): string[] {
  const { low, high, level } = result.confidence;
  return [
    result.baseline ?? 'trained',
    result.task,
    result.pooled === true ? `${result.representation}, mean` : result.representation,
    result.classifier ?? 'linear',
    percent(result.accuracy),
    `${percent(low)} to ${percent(high)} (${Math.round(level * 100)} %)`,
    String(result.classes),
    String(result.counts.test),
  ];
}

function foldsText({ accuracyPerFold = [] }: ProbeResult): string {
  return accuracyPerFold.map(percent).join(', ');
}

/** Which unit was drawn anew, and how many there were; undefined in results of older versions. */
function intervalsText({ confidence: { over, clusters } }: ProbeResult): string | undefined {
  if (over === undefined) return undefined;
  return `by bootstrap over ${clusters === undefined ? '' : `${clusters} `}${over}`;
}
