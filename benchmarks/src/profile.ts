/**
 * ONNX Runtime's own profile, summed by operator.
 *
 * A profile file is a list of events with a start and a duration in microseconds. An operator that runs others inside, such
 * as Scan, is charged with its own time only: what the events inside took is taken off.
 */
import { z } from 'zod';

const eventSchema = z.object({
  cat: z.string(),
  name: z.string(),
  ts: z.number(),
  dur: z.number(),
  args: z.object({ op_name: z.string().optional() }).loose().optional(),
});

type ProfileEvent = z.infer<typeof eventSchema>;

export interface OperatorTime {
  readonly operator: string;
  /** Per run. */
  readonly calls: number;
  /** Per run. */
  readonly milliseconds: number;
}

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
  return [...summed(kernels)]
    .map(([operator, { calls, microseconds }]) => ({
      operator,
      calls: calls / counted.length,
      milliseconds: microseconds / 1000 / counted.length,
    }))
    .sort((left, right) => right.milliseconds - left.milliseconds);
}

/** Adds up what several sessions took, operator by operator. */
export function addOperatorTimes(lists: readonly (readonly OperatorTime[])[]): OperatorTime[] {
  const sums = new Map<string, OperatorTime>();
  for (const { operator, calls, milliseconds } of lists.flat()) {
    const before = sums.get(operator) ?? { calls: 0, milliseconds: 0 };
    sums.set(operator, { operator, calls: before.calls + calls, milliseconds: before.milliseconds + milliseconds });
  }
  return [...sums.values()].sort((left, right) => right.milliseconds - left.milliseconds);
}

/** The rows of a table: operator, calls, milliseconds a step, share. */
export function profileRows(times: readonly OperatorTime[]): string[][] {
  const total = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const row = ({ operator, calls, milliseconds }: OperatorTime) => [
    operator,
    calls.toFixed(0),
    milliseconds.toFixed(1),
    `${((100 * milliseconds) / total).toFixed(1)} %`,
  ];
  const calls = times.reduce((sum, time) => sum + time.calls, 0);
  return [
    ['operator', 'calls', 'ms a step', 'share'],
    ...times.map(row),
    row({ operator: 'all', calls, milliseconds: total }),
  ];
}

function completeEvent(value: unknown): ProfileEvent[] {
  const event = eventSchema.safeParse(value); // the file also holds events of other kinds
  return event.success ? [event.data] : [];
}

/** Calls and own microseconds by operator: a stack of the events that are still open tells who is inside whom. */
function summed(kernels: readonly ProfileEvent[]): Map<string, { calls: number; microseconds: number }> {
  const sums = new Map<string, { calls: number; microseconds: number }>();
  const add = (event: ProfileEvent, calls: number, microseconds: number) => {
    const operator = event.args?.op_name ?? 'unknown';
    const before = sums.get(operator) ?? { calls: 0, microseconds: 0 };
    sums.set(operator, { calls: before.calls + calls, microseconds: before.microseconds + microseconds });
  };
  const open: ProfileEvent[] = [];
  for (const event of [...kernels].sort((left, right) => left.ts - right.ts || right.dur - left.dur)) {
    while (isOver(open.at(-1), event)) open.pop();
    const outer = open.at(-1);
    if (outer !== undefined) add(outer, 0, -event.dur);
    add(event, 1, event.dur);
    open.push(event);
  }
  return sums;
}

function isOver(outer: ProfileEvent | undefined, event: ProfileEvent): boolean {
  return outer !== undefined && outer.ts + outer.dur <= event.ts;
}
