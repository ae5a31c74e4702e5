import { expect, it } from 'vitest';

import * as records from './index.js';

it('exports these names and no others', () => {
  expect(Object.keys(records).sort()).toEqual([
    'RecordError',
    'confidenceIntervalSchema',
    'dataSummarySchema',
    'engineSummarySchema',
    'figureSchema',
    'formatMetricsLine',
    'formatRunRecord',
    'machineSchema',
    'metricsLineOf',
    'metricsLineSchema',
    'parseMetrics',
    'parseMetricsLine',
    'parseRunRecord',
    'parseTrainingEvent',
    'probeResultSchema',
    'resolvedSettingSchema',
    'runRecordSchema',
    'runRecordVersion',
    'settingSourceSchema',
    'stepMeasurementsSchema',
    'trainingEventSchema',
  ]);
});
