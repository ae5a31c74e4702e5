/** A record whose figures are easy to recognise. */
import type { CaseRecord } from '../record.js';

const spread = { minimum: 700, lowerQuartile: 800, median: 812.4, upperQuartile: 900, maximum: 1_500 };

export function exampleRecord(change: Partial<CaseRecord> = {}): CaseRecord {
  return {
    schema: 1,
    case: 'audio',
    summary: 'one step',
    timed: true,
    command: 'npm run -s bench -- audio',
    measured: '2026-01-02T03:04:05.000Z',
    options: { preset: 'paper', threads: 2, pairs: 3, warmUpSteps: 1 },
    machine: { cpuModel: 'CPU X', cores: 2, memoryBytes: 8e9, platform: 'linux-x64', node: '20.19.0' },
    loadAverageBefore: 0.12,
    ours: {
      name: '@cpc, engine',
      versions: {},
      prepareMilliseconds: 1_876,
      firstGradientsMilliseconds: 3_000,
      warmUpMilliseconds: [900],
      stepMilliseconds: [800, 812.4, 900],
      lossNats: 4.5,
      peakMemoryBytes: 2_628_000_000,
      notes: {},
    },
    peer: {
      name: 'PyTorch',
      versions: {},
      prepareMilliseconds: 42,
      firstGradientsMilliseconds: 2_000,
      warmUpMilliseconds: [1_900],
      stepMilliseconds: [1_600, 1_624.8, 1_800],
      lossNats: 4.5001,
      notes: {},
    },
    agreement: {
      tolerance: 1e-4,
      batch: 2,
      passedOver: [{ batch: 1, name: 'encoder/conv1/bias', difference: 3.9e-4 }],
      oursLossNats: 4.8,
      peerLossNats: 4.8,
      lossDifference: 0,
      gradientDifferences: { 'encoder/conv1/kernel': 2.2e-6, 'encoder/conv1/bias': 1e-6 },
    },
    spreads: {
      ours: spread,
      peer: { ...spread, median: 1_624.8 },
      ratio: { ofMedians: 2, ofPairs: { ...spread, lowerQuartile: 1.9, upperQuartile: 2.1 } },
    },
    ...change,
  };
}
