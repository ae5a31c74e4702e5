/**
 * ONNX Runtime's own profile, summed by operator, by family of operators and by part of the model, beside what the machine could do.
 *
 * A profile file is a list of events with a start and a duration in microseconds. An operator that runs others inside, such
 * as Scan, is charged with its own time only: what the events inside took is taken off.
 */
import { z } from 'zod';
import type { MachineRates } from './machine-rates.js';
import { partOfName } from './model-parts.js';
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

/** What one operator took in one part of the model. */
export interface OperatorTime extends OperatorSums {
  readonly part: string;
  readonly operator: string;
}

/** What a group of them took. */
export interface GroupTime extends OperatorSums {
  readonly name: string;
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
 * @returns every operator in every part, by time, the longest first.
 * @throws {ZodError} if it is not such a file; {Error} if it holds no run after the warm-up.
 */
export function operatorTimes(file: unknown, warmUpRuns: number): OperatorTime[] {
  const events = z.array(z.unknown()).parse(file).flatMap(completeEvent);
  const runs = events.filter(({ name }) => name === 'model_run').sort((left, right) => left.ts - right.ts);
  const counted = runs.slice(warmUpRuns);
  const [first] = counted;
  if (first === undefined) throw new Error(`profile: ${runs.length} runs, of which ${warmUpRuns} are warm-up`);
  const kernels = events.filter(({ name, ts }) => name.endsWith('_kernel_time') && ts >= first.ts);
  return longestFirst(summed(kernels).map((time) => ({ ...time, ...scaled(time, 1 / counted.length) })));
}

/** Adds up an operator's time in all parts. */
export function totalsByOperator(times: readonly OperatorTime[]): GroupTime[] {
  return grouped(times, ({ operator }) => operator);
}

/** Adds up operators of a kind: products, movement, reductions, loops and elementwise. */
export function totalsByFamily(times: readonly OperatorTime[]): GroupTime[] {
  return grouped(times, ({ operator }) => familyOf(operator));
}

/** Adds up all operators of a part of the model. */
export function totalsByPart(times: readonly OperatorTime[]): GroupTime[] {
  return grouped(times, ({ part }) => part);
}

/**
 * The rows of a table of what `kind` says: milliseconds a step, share, what was done, and the part of the machine's rate that this is: of its products
 * where there are any, else of its memory.
 */
export function profileRows(kind: string, times: readonly GroupTime[], rates: MachineRates): string[][] {
  const all = { name: 'all', ...times.reduce<OperatorSums>(plus, nothing) };
  const row = ({ name, calls, milliseconds, operations, bytes }: GroupTime) => {
    const seconds = milliseconds / 1000;
    const part =
      operations > 0 ? operations / seconds / rates.operationsPerSecond : bytes / seconds / rates.bytesPerSecond;
    return [
      name,
      calls.toFixed(0),
      milliseconds.toFixed(1),
      percent(milliseconds / all.milliseconds),
      (operations / 1e9).toFixed(1),
      (bytes / 1e9).toFixed(2),
      seconds > 0 ? percent(part) : '',
    ];
  };
  return [[kind, 'calls', 'ms a step', 'share', 'GFLOP', 'GB', 'of the rate'], ...times.map(row), row(all)];
}

/** The rates that a profile's last column is a part of, as a line. */
export function ratesLine({ operationsPerSecond, bytesPerSecond }: MachineRates): string {
  return `this machine: ${(operationsPerSecond / 1e9).toFixed(0)} GFLOP/s in products, ${(bytesPerSecond / 1e9).toFixed(1)} GB/s of memory`;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

function grouped(times: readonly OperatorTime[], nameOf: (time: OperatorTime) => string): GroupTime[] {
  const sums = new Map<string, OperatorSums>();
  for (const time of times) sums.set(nameOf(time), plus(sums.get(nameOf(time)) ?? nothing, time));
  return longestFirst([...sums].map(([name, sum]) => ({ name, ...sum })));
}

function longestFirst<Time extends OperatorSums>(times: readonly Time[]): Time[] {
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

/** Sums by part and operator, of own time: a stack of the events that are still open tells who is inside whom. */
function summed(kernels: readonly ProfileEvent[]): OperatorTime[] {
  const sums = new Map<string, OperatorTime>();
  const add = (event: ProfileEvent, part: string, more: OperatorSums) => {
    const operator = operatorOf(event);
    const key = `${part} ${operator}`;
    sums.set(key, { part, operator, ...plus(sums.get(key) ?? nothing, more) });
  };
  const open: { readonly event: ProfileEvent; readonly part: string }[] = [];
  for (const event of [...kernels].sort((left, right) => left.ts - right.ts || right.dur - left.dur)) {
    while (isOver(open.at(-1)?.event, event)) open.pop();
    const outer = open.at(-1);
    if (outer !== undefined) add(outer.event, outer.part, { ...nothing, milliseconds: -event.dur / 1000 });
    const part = outer?.part ?? partOfName(event.name);
    const { input_type_shape: inputs, output_type_shape: outputs } = event.args ?? {};
    add(event, part, { calls: 1, milliseconds: event.dur / 1000, ...operatorWork(operatorOf(event), inputs, outputs) });
    open.push({ event, part });
  }
  return [...sums.values()];
}

function operatorOf({ args }: ProfileEvent): string {
  return args?.op_name ?? 'unknown';
}

function isOver(outer: ProfileEvent | undefined, event: ProfileEvent): boolean {
  return outer !== undefined && outer.ts + outer.dur <= event.ts;
}
