/** `npm run reproduce -- prediction-accuracy`: figure 3 of the paper. */
import { join } from 'node:path';
import { defineTask } from '@cpc/runs/commands';
import { speechRunsOptions, speechRunsRequest } from '../speech-runs/options.js';
import { tableReport } from '../table-report.js';
import { predictionAccuracy } from './prediction-accuracy.js';

export const predictionAccuracyCommand = defineTask({
  name: 'prediction-accuracy',
  summary: 'figure 3: how often the positive is picked, 1 to 20 latents ahead, on speakers that were not trained on',
  options: speechRunsOptions(join('runs', 'prediction-accuracy')),
  examples: ['--scale small', '--scale paper --data my-data'],
  prepare: (given, { typed }) => speechRunsRequest(given, typed),
  run: predictionAccuracy,
  folder: ({ out, command }) => ({ path: out, again: command }),
  isComplete: ({ files }) => files.length > 0, // a stop may be asked for after the last run
  report: (outcome, { out }) => tableReport(outcome, out),
});
