/** `npm run reproduce -- ablation`: table 2 of the paper. */
import { join } from 'node:path';
import { defineTask, namesOutOf, optional } from '@cpc/runs/commands';
import {
  probeDataOf,
  probingOptions,
  requireRows,
  speechRunsOptions,
  speechRunsRequest,
} from '../speech-runs/options.js';
import type { AblateRequest } from '../speech-runs/speech-runs.js';
import { tableReport } from '../table-report.js';
import { ablateSpeech } from './ablation.js';
import { table2Rows } from './table-2.js';

const rowNames = table2Rows().map(({ name }) => name);

export const ablationCommand = defineTask({
  name: 'ablation',
  summary: 'table 2: speech models by steps predicted and by where negatives come from, trained and probed',
  options: {
    ...speechRunsOptions(join('runs', 'ablation')),
    rows: optional(namesOutOf(rowNames), {
      placeholder: '<a,b>',
      help: `which rows: out of ${rowNames.join(', ')}`,
    }),
    ...probingOptions,
  },
  examples: ['--scale small', '--scale paper --data my-data --probe-data my-labelled-data'],
  prepare: async (given, { typed }): Promise<AblateRequest> => {
    const { rows, task, folds, probeData } = given;
    requireRows(rows);
    const request = await speechRunsRequest(given, typed);
    return { ...request, rows, task, folds, probeData: probeDataOf(probeData, request.data) };
  },
  run: ablateSpeech,
  folder: ({ out, command }) => ({ path: out, again: command }),
  isComplete: ({ files }) => files.length > 0, // a stop may be asked for after the last run
  report: (outcome, { out }) => tableReport(outcome, out),
});
