/** What a search came to, for people and for programs. */
import type { DrawnSettings } from './draw-settings.js';
import { bestOf, meanOfBest } from './rounds.js';

export interface SweptRun {
  readonly settings: DrawnSettings;
  /** Its folder within that of the search. */
  readonly folder: string;
  /** Frames it has played. */
  readonly frames: number;
  /** Mean unclipped return of the last updates' episodes; absent where the run failed or no episode ended. */
  readonly meanReturn?: number;
  /** How many episodes that is a mean of. */
  readonly episodes: number;
  /** Why a failed run failed. */
  readonly error?: string;
}

export interface Sweep {
  readonly environment: string;
  readonly preset: string;
  readonly seed: number;
  /** Of a run that goes all the way. */
  readonly frames: number;
  readonly halving: boolean;
  readonly runs: readonly SweptRun[];
  /** Over the runs that went all the way; absent where fewer than three did. */
  readonly meanOfBestThree?: number;
}

/** Scores of the runs that went all the way: those that were ended early are not comparable. */
export function wholeScores(runs: readonly SweptRun[]): (number | undefined)[] {
  const most = Math.max(...runs.map(({ frames }) => frames));
  return runs.map(({ frames, meanReturn }) => (frames === most ? meanReturn : undefined));
}

export function summariseSweep(sweep: Omit<Sweep, 'meanOfBestThree'>): Sweep {
  const meanOfBestThree = meanOfBest(wholeScores(sweep.runs));
  return { ...sweep, ...(meanOfBestThree === undefined ? {} : { meanOfBestThree }) };
}

/** A Markdown table, best first; runs that were ended early stand below those that were not. */
export function sweepTable({ environment, preset, frames, halving, runs, meanOfBestThree }: Sweep): string {
  const order = [...runs].sort((left, right) => right.frames - left.frames);
  const sorted = [...new Set(order.map((run) => run.frames))].flatMap((played) => {
    const together = order.filter((run) => run.frames === played);
    return bestOf(
      together.map(({ meanReturn }) => meanReturn),
      together.length,
    ).flatMap((index) => together[index] ?? []);
  });
  const figure =
    meanOfBestThree === undefined
      ? 'Fewer than three runs went all the way.'
      : `Mean of the best three: ${meanOfBestThree.toFixed(2)}.`;
  return [
    `${environment}, preset ${preset}: ${runs.length} settings, ${frames} frames${halving ? ', successive halving' : ''}. ${figure}`,
    '',
    '| return | episodes | frames | entropy cost | learning rate | RMSProp epsilon | run |',
    '|---|---|---|---|---|---|---|',
    ...sorted.map(rowOf),
    '',
  ].join('\n');
}

function rowOf({ settings, folder, frames, meanReturn, episodes, error }: SweptRun): string {
  const { entropyCost, learningRate, rmspropEpsilon } = settings;
  const figure = error === undefined ? (meanReturn?.toFixed(2) ?? 'no episode ended') : `failed: ${error}`;
  const cells = [figure, episodes, frames, entropyCost, learningRate, rmspropEpsilon, folder];
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '/').replaceAll('\n', ' ')).join(' | ')} |`;
}
