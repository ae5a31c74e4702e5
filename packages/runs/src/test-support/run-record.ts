/** A run record for tests. */
import type { RunRecord } from '@cpc/records';

export const toyRecord: RunRecord = {
  schema: 1,
  command: 'cpc toy train',
  domain: 'toy',
  settings: {},
  versions: {},
  machine: { cpuModel: 'test', cores: 2, memoryBytes: 1, platform: 'linux-x64', node: '20.20.0' },
  engine: { name: 'cpu' },
  seed: 1,
  dataFingerprint: 'none',
  data: { counts: {}, skipped: [] },
  started: '2026-01-02T03:04:05.000Z',
  status: 'running',
  totals: { steps: 0, seconds: 0 },
  figures: {},
  probes: [],
};
