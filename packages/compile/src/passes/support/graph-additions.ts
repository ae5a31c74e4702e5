/** The constants and values of a graph, and those that a pass adds to them under names of their own. */
import { type Constant, fixedShapeOf, type Graph, type Value } from '../../graph.js';

export class GraphAdditions {
  readonly constants: Map<string, Constant>;
  readonly values: Map<string, Value>;

  constructor({ constants, values }: Graph) {
    this.constants = new Map(constants);
    this.values = new Map(values);
  }

  /** A value's shape; undefined where an axis has no fixed length. */
  fixedShape(name: string): readonly number[] | undefined {
    return fixedShapeOf(this.values.get(name) ?? { shape: [], dtype: 'float32' });
  }

  /**
   * Adds a value of another one's type.
   *
   * @returns its name: the one that is wanted, with a number behind it where that is taken.
   */
  value(wanted: string, like: string, shape: Value['shape']): string {
    const name = this.#newName(wanted);
    this.values.set(name, { name, shape, dtype: this.values.get(like)?.dtype ?? 'float32' });
    return name;
  }

  /**
   * Adds a constant of whole numbers, such as a shape or axes.
   *
   * @returns its name, as of `value`.
   */
  integers(wanted: string, numbers: readonly number[]): string {
    const name = this.#newName(wanted);
    const spec = { shape: [numbers.length], dtype: 'int64' } as const;
    this.constants.set(name, { ...spec, data: BigInt64Array.from(numbers.map(BigInt)) });
    this.values.set(name, { ...spec, name });
    return name;
  }

  #newName(wanted: string): string {
    let name = wanted;
    for (let count = 2; this.values.has(name); count++) name = `${wanted}${count}`;
    return name;
  }
}
