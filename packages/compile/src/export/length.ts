/**
 * How a length depends on the named axes: found from examples, checked on examples, written for people.
 *
 * A *series* is one length as it came out at every traced size; its last entry is never fitted to, only checked.
 */

/** Something a length can depend on: a named axis, or a length nobody could express by named axes. */
export interface Atom {
  readonly name: string;
  readonly series: readonly number[];
  /** Its lengths are multiples of this. */
  readonly multipleOf: number;
}

/** `coefficient` times the product of `factors`. */
interface Term<Factor> {
  readonly coefficient: number;
  readonly factors: readonly Factor[];
}

/** The sum of `terms` divided by `divisor`, which divides it for every legal size. */
export interface Length<Factor> {
  readonly terms: readonly Term<Factor>[];
  readonly divisor: number;
}

/** Longest product that is tried. */
const mostFactors = 3;

export function isConstant(series: readonly number[]): boolean {
  return series.every((length) => length === series[0]);
}

/**
 * The simplest length that agrees with the whole series: a multiple of a product of atoms, or that plus a multiple of
 * a smaller product (often of 1). Two entries determine it; all entries, the last included, must agree.
 */
export function fitLength<Factor extends Atom>(
  series: readonly number[],
  atoms: readonly Factor[],
): Length<Factor> | undefined {
  if (isConstant(series)) return { terms: [{ coefficient: series[0] ?? 0, factors: [] }], divisor: 1 };
  for (let count = 1; count <= mostFactors; count++) {
    const products = productsOf(atoms, count);
    for (const factors of products) {
      const fitted = fitTerms(series, factors, undefined);
      if (fitted !== undefined) return fitted;
    }
    for (const factors of products) {
      for (const smaller of smallerProducts(factors)) {
        const fitted = fitTerms(series, factors, smaller);
        if (fitted !== undefined) return fitted;
      }
    }
  }
  return undefined;
}

/** As text, such as `samples/160`, `batch*frames` or `samples/160 + 1`. */
export function formatLength<Factor extends Atom>({ terms, divisor }: Length<Factor>): string {
  return terms.map((term, index) => formatTerm(term, divisor, index === 0)).join('');
}

function formatTerm<Factor extends Atom>(
  { coefficient, factors }: Term<Factor>,
  divisor: number,
  first: boolean,
): string {
  const common = Number(greatestCommonDivisor(BigInt(coefficient), BigInt(divisor)));
  const multiple = Math.abs(coefficient) / common;
  const names = factors.map(({ name }) => nameInProduct(name));
  const product = multiple === 1 && names.length > 0 ? names : [String(multiple), ...names];
  const sign = coefficient < 0 ? '-' : '+';
  const joint = first ? (sign === '-' ? '-' : '') : ` ${sign} `;
  return `${joint}${product.join('*')}${divisor === common ? '' : `/${divisor / common}`}`;
}

function nameInProduct(name: string): string {
  return /[ +-]/.test(name) && !name.endsWith(')') ? `(${name})` : name;
}

/** All products of `count` atoms, order aside, repetition allowed. */
function productsOf<Factor>(atoms: readonly Factor[], count: number): Factor[][] {
  if (count === 0) return [[]];
  return atoms.flatMap((atom, index) => productsOf(atoms.slice(index), count - 1).map((rest) => [atom, ...rest]));
}

/** The empty product, and each factor's share of a product of several. */
function smallerProducts<Factor>(factors: readonly Factor[]): Factor[][] {
  return factors.length === 1 ? [[]] : [[], ...factors.map((factor) => [factor])];
}

/** series = (a * larger + b * smaller) / divisor in whole numbers, or undefined. Big integers: products of lengths grow. */
function fitTerms<Factor extends Atom>(
  series: readonly number[],
  factors: readonly Factor[],
  smaller: readonly Factor[] | undefined,
): Length<Factor> | undefined {
  const larger = seriesOf(factors, series.length);
  const added = smaller === undefined ? undefined : seriesOf(smaller, series.length);
  const solution = added === undefined ? ratio(series, larger) : solved(series, larger, added);
  if (solution === undefined) return undefined;
  const { a, b, divisor } = solution;
  const agrees = series.every((length, index) => {
    return a * (larger[index] ?? 0n) + b * (added?.[index] ?? 0n) === divisor * BigInt(length);
  });
  if (!agrees || !divides(divisor, a, factors) || !divides(divisor, b, smaller ?? [])) return undefined;
  const terms = [
    { coefficient: Number(a), factors },
    ...(smaller === undefined || b === 0n ? [] : [{ coefficient: Number(b), factors: smaller }]),
  ];
  return { terms, divisor: Number(divisor) };
}

interface Solution {
  readonly a: bigint;
  readonly b: bigint;
  readonly divisor: bigint;
}

function ratio(series: readonly number[], larger: readonly bigint[]): Solution | undefined {
  return reduced(BigInt(series[0] ?? 0), 0n, larger[0] ?? 0n);
}

/** Cramer's rule on the first entry and the first other one that determines the coefficients; never on the last entry. */
function solved(
  series: readonly number[],
  larger: readonly bigint[],
  smaller: readonly bigint[],
): Solution | undefined {
  const [x0 = 0n] = larger;
  const [y0 = 0n] = smaller;
  const v0 = BigInt(series[0] ?? 0);
  for (let index = 1; index < series.length - 1; index++) {
    const [x, y, v] = [larger[index] ?? 0n, smaller[index] ?? 0n, BigInt(series[index] ?? 0)];
    const determinant = x0 * y - x * y0;
    if (determinant !== 0n) return reduced(v0 * y - v * y0, x0 * v - x * v0, determinant);
  }
  return undefined;
}

function reduced(a: bigint, b: bigint, divisor: bigint): Solution | undefined {
  if (divisor === 0n || a === 0n) return undefined;
  const common = greatestCommonDivisor(greatestCommonDivisor(a, b), divisor) * (divisor < 0n ? -1n : 1n);
  return { a: a / common, b: b / common, divisor: divisor / common };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? (a < 0n ? -a : a) : greatestCommonDivisor(b, a % b);
}

function seriesOf(factors: readonly Atom[], count: number): bigint[] {
  return Array.from({ length: count }, (_, index) =>
    factors.reduce((product, { series }) => product * BigInt(series[index] ?? 0), 1n),
  );
}

/** Whether `divisor` divides the term at every legal size, not only at the traced ones. */
function divides(divisor: bigint, coefficient: bigint, factors: readonly Atom[]): boolean {
  return factors.reduce((product, { multipleOf }) => product * BigInt(multipleOf), coefficient) % divisor === 0n;
}
