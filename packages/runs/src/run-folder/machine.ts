/** The computer this runs on, as run records tell of it. */
import { cpus, totalmem } from 'node:os';
import type { Machine } from '@cpc/records';

export function thisMachine(): Machine {
  return {
    cpuModel: cpus()[0]?.model ?? 'unknown',
    cores: Math.max(1, cpus().length),
    memoryBytes: totalmem(),
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
  };
}
