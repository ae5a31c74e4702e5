/** `npm run reproduce -- mutual-information`. */
import {
  defineTask,
  engineOptions,
  engineRequestOf,
  fileEndingIn,
  type Outcome,
  optional,
  positiveNumber,
  repeated,
  requireOutput,
} from '@cpc/runs/commands';
import { scaleOptions } from '../speech-runs/options.js';
import { type StudyRequest, type StudyRow, studyInformation, studyTable } from './study.js';

/** `small`: enough updates to see the ceiling of ln N. */
const scales = {
  small: { nats: [0.5, 2], seeds: [1], steps: 300 },
  paper: { nats: [0.5, 1, 2, 4, 8], seeds: [1, 2, 3], steps: undefined },
} as const;

export const mutualInformationCommand = defineTask({
  name: 'mutual-information',
  summary: 'the bounds of section 2.3 next to the truth, for correlated Gaussians',
  options: {
    ...scaleOptions,
    nats: repeated(positiveNumber, {
      placeholder: '<x>',
      help: 'an amount of information; may be repeated (default: by --scale)',
    }),
    out: optional(fileEndingIn(['.md']), {
      placeholder: '<file>',
      help: 'also write the table to a file ending in .md',
    }),
    ...engineOptions,
  },
  examples: ['--scale small', '--scale paper'],
  prepare: async (given): Promise<StudyRequest> => {
    const { scale, nats, out } = given;
    await requireOutput('--out', out);
    return { ...scales[scale], ...(nats.length > 0 ? { nats } : {}), out, engine: engineRequestOf(given) };
  },
  run: studyInformation,
  report: (outcome) => {
    const { status, files, warnings } = outcome;
    const rows = rowsOf(outcome);
    return { json: { status, rows, files, warnings }, text: studyTable(rows), isResult: true };
  },
});

function rowsOf({ events }: Outcome): StudyRow[] {
  return events.filter((event): event is StudyRow => event.type === 'study-row');
}
