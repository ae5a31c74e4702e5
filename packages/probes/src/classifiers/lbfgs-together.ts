/** Several minimisations whose functions cost little more to evaluate together than one of them alone. */
import { type Evaluation, type LbfgsOptions, type LbfgsResult, minimise } from './lbfgs.js';

interface Asked {
  readonly point: Float64Array;
  readonly resolve: (found: Evaluation) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Each is minimised as `minimise` would by itself; whenever all that still go on have asked for a point, their points are evaluated at
 * once.
 *
 * @param evaluate - given a point by minimisation, `undefined` for those that ask for none; what it gives for these is not read.
 * @param starts - one by minimisation.
 *
 * @example
 * const results = await minimiseTogether((points) => crossEntropies.at(points), starts);
 */
export async function minimiseTogether(
  evaluate: (points: readonly (Float64Array | undefined)[]) => Promise<readonly Evaluation[]>,
  starts: readonly Float64Array[],
  options: LbfgsOptions = {},
): Promise<LbfgsResult[]> {
  const asked = new Map<number, Asked>();
  let going = starts.length;
  const answerOnceAllAsked = async () => {
    if (asked.size === 0 || asked.size < going) return;
    const all = [...asked];
    asked.clear();
    const points = new Map(all.map(([index, { point }]) => [index, point]));
    try {
      const found = await evaluate(starts.map((_, index) => points.get(index)));
      for (const [index, { resolve }] of all)
        resolve(found[index] ?? { value: Number.NaN, gradient: new Float64Array(0) });
    } catch (error) {
      for (const [, { reject }] of all) reject(error);
    }
  };
  const minimised = async (start: Float64Array, index: number) => {
    const ask = (point: Float64Array) =>
      new Promise<Evaluation>((resolve, reject) => {
        asked.set(index, { point, resolve, reject });
        void answerOnceAllAsked();
      });
    try {
      return await minimise(ask, start, options);
    } finally {
      going -= 1;
      void answerOnceAllAsked();
    }
  };
  return Promise.all(starts.map(minimised));
}
