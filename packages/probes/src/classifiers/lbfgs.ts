/**
 * L-BFGS for smooth functions of a few thousand numbers, evaluated whole (no mini-batches): Nocedal & Wright, *Numerical
 * Optimization*, 2006, algorithms 7.4 and 7.5, with the bisecting weak-Wolfe line search of Lewis & Overton, 2013.
 */

/** A function's value and gradient at a point. */
export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface LbfgsOptions {
  /** Default 1000. */
  readonly maxIterations?: number;
  /** Ends when no entry of the gradient is larger; default 1e-5. */
  readonly gradientTolerance?: number;
  /** Pairs of steps and gradient changes that are remembered; default 10. */
  readonly memory?: number;
}

export interface LbfgsResult {
  readonly point: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** False if iterations ran out, or no step went down any more, before the tolerance was met. */
  readonly converged: boolean;
}

interface Point extends Evaluation {
  readonly at: Float64Array;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
}

/**
 * Finds a local minimum; the minimum, if the function is convex.
 *
 * @param evaluate - called with a point it must not keep or change.
 *
 * @example
 * const { point } = await minimise(async (x) => ({ value: x[0] ** 2, gradient: Float64Array.of(2 * x[0]) }), Float64Array.of(3));
 */
export async function minimise(
  evaluate: (point: Float64Array) => Promise<Evaluation>,
  start: Float64Array,
  { maxIterations = 1000, gradientTolerance = 1e-5, memory = 10 }: LbfgsOptions = {},
): Promise<LbfgsResult> {
  const pairs: Pair[] = [];
  let current: Point = { at: start.slice(), ...(await evaluate(start)) };
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    if (largest(current.gradient) <= gradientTolerance) return finished(current, iteration, true);
    const direction = descentDirection(current.gradient, pairs);
    const firstStep = pairs.length === 0 ? 1 / Math.max(1, Math.sqrt(dot(current.gradient, current.gradient))) : 1;
    const next = await lineSearch(evaluate, current, direction, firstStep);
    if (next === undefined) return finished(current, iteration, false);
    remember(
      pairs,
      { step: difference(next.at, current.at), change: difference(next.gradient, current.gradient) },
      memory,
    );
    current = next;
  }
  return finished(current, maxIterations, largest(current.gradient) <= gradientTolerance);
}

function finished({ at, value }: Point, iterations: number, converged: boolean): LbfgsResult {
  return { point: at, value, iterations, converged };
}

/** Only pairs of positive curvature keep the implied Hessian positive definite. */
function remember(pairs: Pair[], pair: Pair, memory: number): void {
  if (dot(pair.step, pair.change) <= 1e-12 * dot(pair.change, pair.change)) return;
  pairs.push(pair);
  if (pairs.length > memory) pairs.shift();
}

/** The two-loop recursion: minus the inverse Hessian's estimate times the gradient. */
function descentDirection(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((entry) => -entry);
  const shares = pairs.map(() => 0);
  for (const [back, { step, change }] of [...pairs].reverse().entries()) {
    const share = dot(step, direction) / dot(step, change);
    shares[pairs.length - 1 - back] = share;
    addScaled(direction, change, -share);
  }
  const last = pairs.at(-1);
  if (last !== undefined) {
    const scale = dot(last.step, last.change) / dot(last.change, last.change);
    for (let index = 0; index < direction.length; index++) direction[index] = (direction[index] ?? 0) * scale;
  }
  for (const [index, { step, change }] of pairs.entries()) {
    addScaled(direction, step, (shares[index] ?? 0) - dot(change, direction) / dot(step, change));
  }
  return direction;
}

const sufficientDecrease = 1e-4;
const sufficientCurvature = 0.9;
const searchLimit = 40;

/** A step that goes down enough and far enough; undefined if there is none within rounding. */
async function lineSearch(
  evaluate: (point: Float64Array) => Promise<Evaluation>,
  from: Point,
  direction: Float64Array,
  firstStep: number,
): Promise<Point | undefined> {
  const slope = dot(from.gradient, direction);
  if (!(slope < 0)) return undefined;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let length = firstStep;
  let lowest: Point | undefined;
  for (let trial = 0; trial < searchLimit; trial++) {
    const at = from.at.slice();
    addScaled(at, direction, length);
    const found: Point = { at, ...(await evaluate(at)) };
    if (found.value < (lowest?.value ?? from.value)) lowest = found;
    if (!(found.value <= from.value + sufficientDecrease * length * slope)) high = length;
    else if (dot(found.gradient, direction) < sufficientCurvature * slope) low = length;
    else return found;
    length = high === Number.POSITIVE_INFINITY ? 2 * length : (low + high) / 2;
  }
  return lowest;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let index = 0; index < source.length; index++) {
    target[index] = (target[index] ?? 0) + factor * (source[index] ?? 0);
  }
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((entry, index) => entry - (b[index] ?? 0));
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
