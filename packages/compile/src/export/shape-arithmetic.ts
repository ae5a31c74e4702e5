/**
 * Nodes that compute lengths and shapes while a graph runs, from the shapes of values it has already made.
 */
import type { DataType } from '../graph.js';
import { type GraphBuilder, onnxDataType, Traced } from '../graph-builder.js';
import type { Length } from './length.js';
import type { AxisSource, ReadableAtom } from './lengths.js';

/** Writes each length once per graph; every length is a vector `[1]` of int64. */
export class ShapeArithmetic {
  readonly #builder: GraphBuilder;
  readonly #written = new Map<string, Traced>();

  constructor(builder: GraphBuilder) {
    this.#builder = builder;
  }

  /** A vector of int64 whose entries are numbers and lengths. */
  vector(entries: readonly (number | Length<ReadableAtom>)[]): Traced {
    const parts: Traced[] = [];
    let numbers: number[] = [];
    const flush = () => {
      if (numbers.length > 0) parts.push(this.#builder.int64(numbers));
      numbers = [];
    };
    for (const entry of entries) {
      if (typeof entry === 'number') numbers.push(entry);
      else {
        flush();
        parts.push(this.#length(entry));
      }
    }
    flush();
    const [first] = parts;
    if (parts.length === 1 && first !== undefined) return first;
    return this.#builder.node('Concat', parts, [entries.length], 'int64', { axis: 0 });
  }

  /** The vector as another element type. */
  cast(vector: Traced, dtype: DataType): Traced {
    return dtype === 'int64'
      ? vector
      : this.#builder.node('Cast', [vector], vector.shape, dtype, { to: onnxDataType[dtype] });
  }

  #length({ terms, divisor }: Length<ReadableAtom>): Traced {
    const written = terms.map(({ coefficient, factors }) => {
      const lengths = factors.map(({ source }) => this.#axis(source));
      return this.#combined(
        'Mul',
        coefficient === 1 && lengths.length > 0 ? lengths : [...lengths, this.#number(coefficient)],
      );
    });
    const sum = this.#combined('Add', written);
    return divisor === 1 ? sum : this.#combined('Div', [sum, this.#number(divisor)]);
  }

  #axis({ value, axis }: AxisSource): Traced {
    return this.#once(`${value}.${axis}`, () =>
      this.#builder.node('Shape', [new Traced(value, [], 'float32')], [1], 'int64', { start: axis, end: axis + 1 }),
    );
  }

  #number(value: number): Traced {
    return this.#once(String(value), () => this.#builder.int64([value]));
  }

  #combined(op: 'Mul' | 'Add' | 'Div', parts: readonly Traced[]): Traced {
    return parts.reduce((left, right) =>
      this.#once(`${op} ${left.name} ${right.name}`, () => this.#builder.node(op, [left, right], [1], 'int64')),
    );
  }

  #once(key: string, write: () => Traced): Traced {
    const known = this.#written.get(key);
    if (known !== undefined) return known;
    const made = write();
    this.#written.set(key, made);
    return made;
  }
}
