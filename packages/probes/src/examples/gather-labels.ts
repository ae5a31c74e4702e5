/** Labels of some examples. */
import { CpcArgumentError } from '@cpc/base';

/**
 * The labels of rows, in their order.
 *
 * @param labels - one of each example; whole numbers from 0.
 * @throws {CpcArgumentError} at the first row without a label: none is taken for class 0.
 *
 * @example
 * gatherLabels(Int32Array.of(5, 6, 7), [2, 0]); // Int32Array [7, 5]
 */
export function gatherLabels(labels: ArrayLike<number>, rows: ArrayLike<number>): Int32Array {
  return Int32Array.from(rows, (row) => {
    const label = labels[row];
    if (label !== undefined && Number.isInteger(label) && label >= 0) return label;
    const received = label === undefined ? `row ${row} of ${labels.length}` : `${label} in row ${row}`;
    throw new CpcArgumentError({ where: 'gatherLabels', argument: 'rows', expected: 'rows with a label', received });
  });
}
