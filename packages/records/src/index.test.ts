import { expect, it } from 'vitest';

import * as records from './index.js';

it('exports these names and no others', () => {
  expect(Object.keys(records).sort()).toEqual([
    'RecordError',
    'averageSteps',
    'confidenceIntervalSchema',
    'dataSummarySchema',
    'engineSummarySchema',
    'figureSchema',
    'finalSteps',
    'formatMetricsLine',
    'formatRunRecord',
    'machineSchema',
    'metricsLineOf',
    'metricsLineSchema',
    'offsetsOf',
    'parseMetrics',
    'parseMetricsLine',
    'parseRunRecord',
    'parseTrainingEvent',
    'probeResultSchema',
    'resolvedSettingSchema',
    'runRecordSchema',
    'runRecordVersion',
    'settingSourceSchema',
    'sittingSchema',
    'stepMeasurementsSchema',
    'trainingEventSchema',
  ]);
});
