/**
 * The lengths met so far in a graph: what each is called, and where a running graph can read it.
 */
import type { Node } from '../graph.js';
import { type Atom, fitLength, formatLength, isConstant, type Length } from './length.js';

/** An axis of a value of the graph. */
export interface AxisSource {
  readonly value: string;
  readonly axis: number;
}

/** An atom that the graph can read off a value's shape. */
export interface ReadableAtom extends Atom {
  readonly source: AxisSource;
}

export class Lengths {
  #atoms: readonly ReadableAtom[];
  readonly #fits = new Map<string, Length<ReadableAtom> | undefined>();
  readonly #derivedNames = new Map<string, string>();

  /** @param axes - the named axes, with an input each to read them from. */
  constructor(axes: readonly ReadableAtom[]) {
    this.#atoms = axes;
  }

  /** How a length follows from lengths met before; undefined if it does not. */
  find(series: readonly number[]): Length<ReadableAtom> | undefined {
    const key = series.join();
    if (!this.#fits.has(key)) this.#fits.set(key, fitLength(series, this.#atoms));
    return this.#fits.get(key);
  }

  /** Notes an axis: if its length follows from nothing met before, others may from now on follow from it. */
  meet(series: readonly number[], source: AxisSource, name: () => string): void {
    if (isConstant(series) || this.find(series) !== undefined) return;
    this.#atoms = [...this.#atoms, { name: this.#unique(name()), series, multipleOf: 1, source }];
    for (const [key, fit] of this.#fits) if (fit === undefined) this.#fits.delete(key);
  }

  /** A number, or what the length is called; lengths are equal at all sizes exactly when these are. */
  nameOf(series: readonly number[]): number | string {
    if (isConstant(series)) return series[0] ?? 0;
    const key = series.join();
    const fit = this.find(series);
    const name = this.#derivedNames.get(key) ?? (fit === undefined ? this.#unique('length') : formatLength(fit));
    this.#derivedNames.set(key, name);
    return name;
  }

  /** The series of a named or derived length that others are expressed by. */
  seriesOf(atom: string): readonly number[] {
    return this.#atoms.find(({ name }) => name === atom)?.series ?? [];
  }

  /** For a graph inside the graph: knows all that is known here, and keeps to itself what it meets. */
  inner(): Lengths {
    const inner = new Lengths(this.#atoms);
    for (const [key, name] of this.#derivedNames) inner.#derivedNames.set(key, name);
    return inner;
  }

  #unique(name: string): string {
    const taken = new Set([...this.#atoms.map((atom) => atom.name), ...this.#derivedNames.values()]);
    if (!taken.has(name)) return name;
    let count = 2;
    while (taken.has(`${name}_${count}`)) count++;
    return `${name}_${count}`;
  }
}

/** `floor((atom + added) / divisor)`: what strided windows make of a length. */
export interface FloorLength {
  readonly atom: string;
  readonly added: number;
  readonly divisor: number;
}

/**
 * What the windows of a convolution or pooling make of a length: floor((length + pads - reach) / stride) + 1, which of
 * a floor is again a floor.
 */
export function windowsOf(length: FloorLength, node: Node, spatialAxis: number): FloorLength | undefined {
  const { kernel_shape: kernel, strides, pads, dilations } = node.attributes;
  const [size, stride, dilation] = [
    at(kernel, spatialAxis),
    at(strides, spatialAxis, 1),
    at(dilations, spatialAxis, 1),
  ];
  const rank = Array.isArray(kernel) ? kernel.length : 0;
  if (size === undefined || stride === undefined || dilation === undefined) return undefined;
  const padding = (at(pads, spatialAxis, 0) ?? 0) + (at(pads, spatialAxis + rank, 0) ?? 0);
  const shift = padding - dilation * (size - 1) - 1 + stride;
  return { atom: length.atom, added: length.added + length.divisor * shift, divisor: length.divisor * stride };
}

export function formatFloor({ atom, added, divisor }: FloorLength): string {
  const sum = added === 0 ? atom : `(${atom} ${added < 0 ? '-' : '+'} ${Math.abs(added)})`;
  return divisor === 1 ? sum : `floor(${sum}/${divisor})`;
}

function at(list: unknown, index: number, otherwise?: number): number | undefined {
  if (!Array.isArray(list)) return otherwise;
  const item: unknown = list[index];
  return typeof item === 'number' ? item : otherwise;
}
