/** Arrays of rows under one another. */
import { CpcArgumentError } from '@cpc/base';
import type { HostArray } from './parameter-tree.js';

/**
 * One array of the rows of all; `[0]` for none.
 *
 * @param parts - `[R, …]`, all alike but for R.
 * @throws {CpcArgumentError} if the rows of two are of different shapes.
 */
export function joinRows(parts: readonly HostArray[]): HostArray {
  const [, ...row] = parts[0]?.shape ?? [];
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let start = 0;
  let rows = 0;
  for (const part of parts) {
    const [count, ...own] = part.shape;
    if (count === undefined || own.join() !== row.join()) throw unlike(row, part);
    data.set(part.data, start);
    start += part.data.length;
    rows += count;
  }
  return { shape: [rows, ...row], data };
}

function unlike(row: readonly number[], { shape }: HostArray): CpcArgumentError {
  const expected = `rows of shape [${row.join(', ')}], as those before`;
  return new CpcArgumentError({ where: 'joinRows', argument: 'parts', expected, received: shape });
}
