/**
 * ONNX Runtime's own profile, summed by operator and by family of operators, beside what the machine could do.
 *
 * A profile file is a list of events with a start and a duration in microseconds. An operator that runs others inside, such
 * as Scan, is charged with its own time only: what the events inside took is taken off.
 */
import { z } from 'zod';
import type { MachineRates } from './machine-rates.js';
import { familyOf, operatorWork } from './operator-work.js';

const eventSchema = z.object({
  cat: z.string(),
  name: z.string(),
  ts: z.number(),
  dur: z.number(),
  args: z
    .object({ op_name: z.string().optional(), input_type_shape: z.unknown(), output_type_shape: z.unknown() })
    .partial()
    .optional(),
});

type ProfileEvent = z.infer<typeof eventSchema>;

export interface OperatorTime extends OperatorSums {
  /** Or a family of operators. */
  readonly operator: string;
}

/** Per run. */
export interface OperatorSums {
  readonly calls: number;
  readonly milliseconds: number;
  /** Floating-point operations of products. */
  readonly operations: number;
  /** Of inputs and outputs. */
  readonly bytes: number;
}

const nothing: OperatorSums = { calls: 0, milliseconds: 0, operations: 0, bytes: 0 };

/**
 * @param file - the parsed file of one session.
 * @param warmUpRuns - runs at the beginning that do not count.
 * @returns operators by time, the longest first.
 * @throws {ZodError} if it is not such a file; {Error} if it holds no run after the warm-up.
 */
export function operatorTimes(file: unknown, warmUpRuns: number): OperatorTime[] {
  const events = z.array(z.unknown()).parse(file).flatMap(completeEvent);
  const runs = events.filter(({ name }) => name === 'model_run').sort((left, right) => left.ts - right.ts);
  const counted = runs.slice(warmUpRuns);
  const [first] = counted;
  if (first === undefined) throw new Error(`profile: ${runs.length} runs, of which ${warmUpRuns} are warm-up`);
  const kernels = events.filter(({ name, ts }) => name.endsWith('_kernel_time') && ts >= first.ts);
  return longestFirst(
    [...summed(kernels)].map(([operator, sums]) => ({ operator, ...scaled(sums, 1 / counted.length) })),
  );
}

/** Adds up what several sessions took, operator by operator. */
export function addOperatorTimes(lists: readonly (readonly OperatorTime[])[]): OperatorTime[] {
  return grouped(lists.flat(), ({ operator }) => operator);
}

/** Adds up operators of a kind: products, movement, reductions, loops and elementwise. */
export function familyTimes(times: readonly OperatorTime[]): OperatorTime[] {
  return grouped(times, ({ operator }) => familyOf(operator));
}

/**
 * The rows of a table: milliseconds a step, share, what was done, and the part of the machine's rate that this is: of its products
 * where there are any, else of its memory.
 */
export function profileRows(times: readonly OperatorTime[], rates: MachineRates): string[][] {
  const all = { operator: 'all', ...times.reduce(plus, nothing) };
  const row = ({ operator, calls, milliseconds, operations, bytes }: OperatorTime) => {
    const seconds = milliseconds / 1000;
    const part =
      operations > 0 ? operations / seconds / rates.operationsPerSecond : bytes / seconds / rates.bytesPerSecond;
    return [
      operator,
      calls.toFixed(0),
      milliseconds.toFixed(1),
      percent(milliseconds / all.milliseconds),
      (operations / 1e9).toFixed(1),
      (bytes / 1e9).toFixed(2),
      seconds > 0 ? percent(part) : '',
    ];
  };
  return [['operator', 'calls', 'ms a step', 'share', 'GFLOP', 'GB', 'of the rate'], ...times.map(row), row(all)];
}

/** The rates that a profile's last column is a part of, as a line. */
export function ratesLine({ operationsPerSecond, bytesPerSecond }: MachineRates): string {
  return `this machine: ${(operationsPerSecond / 1e9).toFixed(0)} GFLOP/s in products, ${(bytesPerSecond / 1e9).toFixed(1)} GB/s of memory`;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

function grouped(times: readonly OperatorTime[], nameOf: (time: OperatorTime) => string): OperatorTime[] {
  const sums = new Map<string, OperatorSums>();
  for (const time of times) sums.set(nameOf(time), plus(sums.get(nameOf(time)) ?? nothing, time));
  return longestFirst([...sums].map(([operator, sum]) => ({ operator, ...sum })));
}

function longestFirst(times: readonly OperatorTime[]): OperatorTime[] {
  return [...times].sort((left, right) => right.milliseconds - left.milliseconds);
}

function plus(left: OperatorSums, right: OperatorSums): OperatorSums {
  return {
    calls: left.calls + right.calls,
    milliseconds: left.milliseconds + right.milliseconds,
    operations: left.operations + right.operations,
    bytes: left.bytes + right.bytes,
  };
}

function scaled({ calls, milliseconds, operations, bytes }: OperatorSums, factor: number): OperatorSums {
  return {
    calls: calls * factor,
    milliseconds: milliseconds * factor,
    operations: operations * factor,
    bytes: bytes * factor,
  };
}

function completeEvent(value: unknown): ProfileEvent[] {
  const event = eventSchema.safeParse(value); // the file also holds events of other kinds
  return event.success ? [event.data] : [];
}

/** Sums by operator, of own time: a stack of the events that are still open tells who is inside whom. */
function summed(kernels: readonly ProfileEvent[]): Map<string, OperatorSums> {
  const sums = new Map<string, OperatorSums>();
  const add = ({ args }: ProfileEvent, more: OperatorSums) => {
    const operator = args?.op_name ?? 'unknown';
    sums.set(operator, plus(sums.get(operator) ?? nothing, more));
  };
  const open: ProfileEvent[] = [];
  for (const event of [...kernels].sort((left, right) => left.ts - right.ts || right.dur - left.dur)) {
    while (isOver(open.at(-1), event)) open.pop();
    const outer = open.at(-1);
    if (outer !== undefined) add(outer, { ...nothing, milliseconds: -event.dur / 1000 });
    const { op_name: operator = 'unknown', input_type_shape: inputs, output_type_shape: outputs } = event.args ?? {};
    add(event, { calls: 1, milliseconds: event.dur / 1000, ...operatorWork(operator, inputs, outputs) });
    open.push(event);
  }
  return sums;
}

function isOver(outer: ProfileEvent | undefined, event: ProfileEvent): boolean {
  return outer !== undefined && outer.ts + outer.dur <= event.ts;
}
