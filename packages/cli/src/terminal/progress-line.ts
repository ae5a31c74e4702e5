/** What of a progress line fits into a terminal: the time left is the last to go. */
import { visibleLine } from '@cpc/runs/commands';

export interface ProgressState {
  /** From 0 to 1; left out if the end is not known. */
  readonly fraction?: number | undefined;
  readonly text: string;
  /** Shown behind the text as far as there is room, in this order. */
  readonly further?: readonly string[] | undefined;
  /** The time left, shown last and kept longest. */
  readonly left?: string | undefined;
}

const barCells = 20;
const leastColumnsWithBar = 60;
const gap = '  ';

/** @param columns - of the terminal; every part is shown if left out. */
export function progressLine({ fraction, ...words }: ProgressState, columns = Number.POSITIVE_INFINITY): string {
  const head = fraction === undefined ? '' : headOf(fraction, columns);
  const room = Math.max(1, columns - 1 - head.length); // the last column stays free: some terminals wrap there
  return `${head}${fitting(words, room)}`;
}

function headOf(fraction: number, columns: number): string {
  const percentage = `${Math.floor(fraction * 100)} %${gap}`;
  if (columns < leastColumnsWithBar || !Number.isFinite(columns)) return percentage;
  const full = Math.round(fraction * barCells);
  return `${'█'.repeat(full)}${'░'.repeat(barCells - full)} ${percentage}`;
}

function fitting({ text, further = [], left }: Omit<ProgressState, 'fraction'>, room: number): string {
  const parts = [text, ...further].map(visibleLine);
  const end = left === undefined ? [] : [left];
  for (let count = parts.length; count > 0; count--) {
    const line = [...parts.slice(0, count), ...end].join(gap);
    if (line.length <= room) return line;
  }
  return (left ?? parts[0] ?? '').slice(0, room);
}
