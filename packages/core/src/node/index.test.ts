import { expect, it } from 'vitest';

import * as node from './index.js';

it('exports these names and no others', () => {
  expect(Object.keys(node).sort()).toEqual([
    'WorkerJobError',
    'answerRequests',
    'createAtomicFile',
    'createBatchWorkers',
    'createCheckpointStore',
    'createEngine',
    'createRunFolder',
    'createTensorBoardWriter',
    'decodeModelFile',
    'engineRequests',
    'exportedFunction',
    'inspectEngines',
    'installedVersions',
    'keepRun',
    'loadTensorflow',
    'metadataJson',
    'modelFileMetadata',
    'readMetrics',
    'readModelFile',
    'readRunRecord',
    'requireParameterShapes',
    'resumeRunFolder',
    'runInWorker',
    'runPaths',
    'startRequestThread',
    'tensorflowPackages',
    'thisMachine',
    'trainRequested',
    'trainRun',
    'trainingEnd',
    'tryEngine',
    'updateRunRecord',
    'writeFileAtomically',
  ]);
});
