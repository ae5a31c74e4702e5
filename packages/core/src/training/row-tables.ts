/**
 * Large tables of which a step reads a few rows, such as word vectors: the rows of a batch enter the step, their gradients leave it,
 * and what no row of the batch belongs to is not touched. A step then costs the same whatever the length of the table.
 *
 * A departure from the optimiser of the paper, named where it shows: an optimiser that keeps averages would let those of all rows
 * decay on every step, and move every row by them; here a row's averages change on the steps that read it ("lazy" Adam).
 *
 * Letters used for shapes here:
 *   V  rows of a table    E  size of a row    R  rows that a step has room for
 */

import { CpcArgumentError } from '@cpc/base';
import type { HostTensor, NamedHostTensors, NamedSpecs } from '@cpc/compile';
import type { Optimiser } from '../optimisers/optimiser.js';
import { sizeOf } from '../parameter-tree.js';
import type { DomainTable } from './domain.js';
import { parameterNames } from './state-names.js';
import { initialMoments, nextPrefix } from './traced-update.js';

/** What a step is given of the tables. */
export interface RowTables {
  /** Shapes of the parameters as the step sees them: `[R, E]`. */
  readonly specs: NamedSpecs;
  /** Whole tables and their averages, by their names in the state; not copies. */
  readonly current: NamedHostTensors;
  /** @throws {CpcArgumentError} if a table is missing, or of another shape. */
  readonly check: (values: NamedHostTensors) => void;
  /** Takes what `check` lets pass. */
  readonly load: (values: NamedHostTensors) => void;
  /** The rows that a batch reads, with their averages, and the batch with row numbers counted among these. */
  readonly gather: (batch: NamedHostTensors) => { readonly rows: NamedHostTensors; readonly batch: NamedHostTensors };
  /** Where the update writes the rows gathered last. */
  readonly next: NamedHostTensors;
  /** Puts them into the tables. */
  readonly scatter: () => void;
  /** Takes back the last `scatter`, where one `gather` has come since. */
  readonly undo: () => void;
}

/**
 * @param tables - by path, as `Domain.tables`.
 * @param parameters - by name in the state; those of the tables are copied.
 * @param batch - what a batch holds.
 * @throws {CpcArgumentError} if a table is no matrix of the parameters, or the batch has no such row numbers.
 */
export function createRowTables(
  tables: Readonly<Record<string, DomainTable>>,
  parameters: NamedHostTensors,
  batch: NamedSpecs,
  optimiser: Optimiser,
): RowTables {
  const all = Object.entries(parameterNames(tables)).map(([name, table]) =>
    createRowTable(name, table, { parameters, batch, optimiser }),
  );
  const merged = (pick: (table: RowTable) => NamedHostTensors): NamedHostTensors => Object.assign({}, ...all.map(pick));
  return {
    specs: Object.assign({}, ...all.map(({ specs }) => specs)),
    current: merged(({ current }) => current),
    next: merged(({ next }) => next),
    check: (values) => {
      for (const table of all) table.check(values);
    },
    load: (values) => {
      for (const table of all) table.load(values);
    },
    gather: (given) => {
      const numbered = Object.assign({}, ...all.map((table) => table.gather(given)));
      return { rows: merged(({ rows }) => rows), batch: { ...given, ...numbered } };
    },
    scatter: () => {
      for (const table of all) table.scatter();
    },
    undo: () => {
      for (const table of all) table.undo();
    },
  };
}

interface RowTable {
  readonly specs: NamedSpecs;
  readonly current: NamedHostTensors;
  readonly rows: NamedHostTensors;
  readonly next: NamedHostTensors;
  readonly check: (values: NamedHostTensors) => void;
  readonly load: (values: NamedHostTensors) => void;
  /** The input of row numbers, counted among the rows gathered. */
  readonly gather: (batch: NamedHostTensors) => NamedHostTensors;
  readonly scatter: () => void;
  readonly undo: () => void;
}

interface TableMeans {
  readonly parameters: NamedHostTensors;
  readonly batch: NamedSpecs;
  readonly optimiser: Optimiser;
}

function createRowTable(
  name: string,
  { rows: input, atMost = Number.POSITIVE_INFINITY, rateFactor = 1 }: DomainTable,
  { parameters, batch, optimiser }: TableMeans,
): RowTable {
  requireRateFactor(name, rateFactor);
  const { length, width, data } = tableNamed(name, parameters);
  const room = Math.min(length, atMost, roomFor(name, input, batch));
  const spec = { shape: [room, width], dtype: 'float32' } as const;
  const whole = { shape: [length, width], dtype: 'float32' } as const;
  const current: NamedHostTensors = {
    [name]: { shape: whole.shape, data: data.slice() },
    ...initialMoments(optimiser, { [name]: whole }),
  };
  const emptyRows = (prefix: string): NamedHostTensors =>
    Object.fromEntries(Object.keys(current).map((key) => [prefix + key, rowsOf(spec.shape)]));
  const next = emptyRows(nextPrefix);
  // Two sets in turn: the other one holds what the rows of the step before were, until the step after.
  let [rows, before] = [emptyRows(''), emptyRows('')];
  const places = new Int32Array(length).fill(-1); // of every row of the table among those gathered
  let [gathered, gatheredBefore]: [Int32Array, Int32Array] = [new Int32Array(0), new Int32Array(0)];

  const gather = (given: NamedHostTensors): NamedHostTensors => {
    const { shape, data: numbers } = given[input] as HostTensor;
    for (const row of gathered) places[row] = -1;
    gatheredBefore = gathered;
    [rows, before] = [before, rows];
    const found: number[] = [];
    const counted = Int32Array.from(numbers, (row) => {
      if (!(row >= 0 && row < length)) refuseRow(name, row, length);
      if (places[row] === -1) places[row] = found.push(row) - 1;
      return places[row] ?? 0;
    });
    gathered = Int32Array.from(found);
    if (gathered.length > room) refuseRows(name, gathered.length, room);
    for (const [key, tensor] of Object.entries(rows)) copyRows(current[key], tensor, gathered, width, 'gather');
    return { [input]: { shape, data: counted } };
  };
  return {
    specs: { [name]: spec },
    current,
    next,
    gather,
    get rows() {
      return rows;
    },
    undo: () => {
      for (const [key, tensor] of Object.entries(current))
        copyRows(tensor, before[key], gatheredBefore, width, 'scatter');
    },
    scatter: () => {
      for (const [key, tensor] of Object.entries(current))
        copyRows(tensor, next[nextPrefix + key], gathered, width, 'scatter');
    },
    check: (values) => {
      for (const [key, { shape }] of Object.entries(current)) requireShape(key, shape, values[key]);
    },
    load: (values) => {
      for (const [key, tensor] of Object.entries(current)) tensor.data.set(values[key]?.data ?? []);
    },
  };
}

/** Between a whole table and the rows of it that are listed. */
function copyRows(
  whole: HostTensor | undefined,
  rows: HostTensor | undefined,
  listed: Int32Array,
  width: number,
  direction: 'gather' | 'scatter',
): void {
  if (whole === undefined || rows === undefined) return;
  for (const [place, row] of listed.entries()) {
    if (direction === 'gather') rows.data.set(whole.data.subarray(row * width, (row + 1) * width), place * width);
    else whole.data.set(rows.data.subarray(place * width, (place + 1) * width), row * width);
  }
}

function rowsOf(shape: readonly number[]): HostTensor {
  return { shape, data: new Float32Array(sizeOf(shape)) };
}

function tableNamed(name: string, parameters: NamedHostTensors) {
  const { shape = [], data } = parameters[name] ?? {};
  const [length, width, ...rest] = shape;
  if (length !== undefined && width !== undefined && rest.length === 0 && data instanceof Float32Array)
    return { length, width, data };
  throw new CpcArgumentError({
    where: 'domain',
    argument: 'tables',
    expected: `a parameter ${name} of shape [rows, size]`,
    received: data === undefined ? Object.keys(parameters) : shape,
  });
}

/** As many rows as the largest batch has row numbers. */
function roomFor(name: string, input: string, batch: NamedSpecs): number {
  const spec = batch[input];
  if (spec?.dtype === 'int32') return sizeOf(spec.shape);
  throw new CpcArgumentError({
    where: 'domain',
    argument: 'tables',
    expected: `an int32 input ${input} of the batch, which holds rows of ${name}`,
    received: spec === undefined ? Object.keys(batch) : spec.dtype,
  });
}

function requireRateFactor(name: string, factor: number): void {
  if (factor > 0 && Number.isFinite(factor)) return;
  throw new CpcArgumentError({
    where: `domain, table ${name}`,
    argument: 'rateFactor',
    expected: 'a finite number above 0',
    received: factor,
  });
}

function refuseRow(name: string, row: number, length: number): never {
  throw new CpcArgumentError({
    where: `batch, rows of ${name}`,
    argument: 'rows',
    expected: `row numbers from 0 to ${length - 1}`,
    received: row,
  });
}

function refuseRows(name: string, count: number, room: number): never {
  throw new CpcArgumentError({
    where: `batch, rows of ${name}`,
    argument: 'rows',
    expected: `at most ${room} different rows, as the domain's table says`,
    received: count,
  });
}

function requireShape(name: string, expected: readonly number[], given: HostTensor | undefined): void {
  if (given?.shape.join() === expected.join() && given.data instanceof Float32Array) return;
  throw new CpcArgumentError({
    where: 'checkpoint',
    argument: name,
    expected: `${name} of shape [${expected.join(', ')}]`,
    received: given === undefined ? 'nothing' : given.shape,
  });
}
