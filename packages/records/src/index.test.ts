import { expect, it } from 'vitest';

import * as records from './index.js';

it('exports these names and no others', () => {
  expect(Object.keys(records).sort()).toEqual([
    'RecordError',
    'ablationRecordSchema',
    'ablationRecordVersion',
    'averageSteps',
    'confidenceIntervalSchema',
    'createInputWait',
    'dataSummarySchema',
    'engineSummarySchema',
    'figureSchema',
    'finalSteps',
    'formatAblationRecord',
    'formatMetricsLine',
    'formatPredictionRecord',
    'formatRunRecord',
    'machineSchema',
    'metricsLineOf',
    'metricsLineSchema',
    'offsetsOf',
    'parseAblationRecord',
    'parseMetrics',
    'parseMetricsLine',
    'parsePredictionRecord',
    'parseRunRecord',
    'parseTrainingEvent',
    'predictionRecordSchema',
    'predictionRecordVersion',
    'probeResultSchema',
    'resolvedSettingSchema',
    'runRecordSchema',
    'runRecordVersion',
    'settingSourceSchema',
    'sittingSchema',
    'stepMeasurementsSchema',
    'trainedLeadSchema',
    'trainingEventSchema',
    'warmUpSteps',
  ]);
});
