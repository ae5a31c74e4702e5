/** The largest resident size of this process. */
import { readFileSync } from 'node:fs';

/**
 * In bytes. Linux keeps it for the program itself; what `process.resourceUsage` counts there would include the size of the
 * program that started this one, so that is asked only where nothing better is.
 */
export function peakMemoryBytes(): number {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (line !== null) return Number(line[1]) * 1024;
  } catch {
    // not Linux
  }
  return process.resourceUsage().maxRSS * 1024;
}
