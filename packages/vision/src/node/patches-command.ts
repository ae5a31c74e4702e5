/** `cpc vision patches`: what excites features of a model most. */
import {
  dataOf,
  dataOptions,
  defineTask,
  engineOptions,
  engineRequestOf,
  indices,
  outputOptions,
  required,
  requireOutput,
  runOptions,
  strictOptions,
  table,
  wholeNumber,
  withDefault,
} from '@cpc/runs/commands';
import { type PatchesRequest, visionPatches } from './patches.js';
import { sheetEndings } from './sheet.js';

export const patchesCommand = defineTask({
  name: 'patches',
  summary: 'show the patches that excite single features most (figure 5)',
  options: {
    ...runOptions,
    ...dataOptions,
    features: required(indices, { placeholder: '<a,b>', help: 'features by number, counted from 0' }),
    count: withDefault(wholeNumber(1), 12, { placeholder: '<n>', help: 'how many of each' }),
    ...outputOptions(sheetEndings),
    ...strictOptions,
    ...engineOptions,
  },
  examples: [`--run runs/first --builtin --features 0,1,2 --out patches${sheetEndings[0]}`],
  prepare: async (given): Promise<PatchesRequest> => {
    const { run, features, count, out, strict } = given;
    const data = dataOf(given);
    await requireOutput('--out', out, { run, data });
    return { run, data, features, count, out, strict, engine: engineRequestOf(given) };
  },
  run: visionPatches,
  report: ({ status, files, warnings }, { run, features }) => {
    const rows = files.map(({ path, description }) => [path, description]);
    return { json: { run, features, status, files, warnings }, text: files.length > 0 ? table(rows) : undefined };
  },
});
