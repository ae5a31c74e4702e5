import { expect, it } from 'vitest';
import * as base from './index.js';
import * as node from './node/index.js';

it('exports these 11 names and no others', () => {
  expect(Object.keys(base).sort()).toEqual([
    'CompileError',
    'CpcArgumentError',
    'CpcError',
    'RecordError',
    'UsageError',
    'createRandom',
    'entryAt',
    'firstAbove',
    'refuseSkippedFiles',
    'skippedInWords',
    'someOf',
  ]);
});

it('exports these 13 names for Node and no others', () => {
  expect(Object.keys(node).sort()).toEqual([
    'WorkerJobError',
    'answerRequests',
    'describeError',
    'describedSystemError',
    'disableTelemetry',
    'exportedFunction',
    'isSystemError',
    'namingFile',
    'reasonOf',
    'startRequestThread',
    'systemErrorIn',
    'telemetryVariable',
    'threadArguments',
  ]);
});
