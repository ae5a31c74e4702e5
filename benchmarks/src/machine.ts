/** The computer that a figure was measured on. */
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';
import type { Machine } from '@cpc/records';

export function thisMachine(): Machine {
  const [cpu] = cpus();
  return {
    cpuModel: cpu?.model.trim() ?? 'unknown',
    cores: Math.max(cpus().length, 1),
    memoryBytes: totalmem(),
    platform: `${platform()}-${arch()}`,
    node: process.versions.node,
  };
}

/** Programs that wanted a core in the last minute, on average; 0 where the system does not tell. A quiet machine has under 0.5. */
export function loadAverage(): number {
  return loadavg()[0] ?? 0;
}
