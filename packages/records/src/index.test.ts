import { expect, it } from 'vitest';

import * as records from './index.js';

it('exports these names and no others', () => {
  expect(Object.keys(records).sort()).toEqual([
    'RecordError',
    'ablationRecordSchema',
    'ablationRecordVersion',
    'averageSteps',
    'confidenceIntervalSchema',
    'dataSummarySchema',
    'engineSummarySchema',
    'figureSchema',
    'finalSteps',
    'formatAblationRecord',
    'formatMetricsLine',
    'formatRunRecord',
    'machineSchema',
    'metricsLineOf',
    'metricsLineSchema',
    'offsetsOf',
    'parseAblationRecord',
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
