/** Options of every command that works: how it speaks. */
import { flag, type GivenOf } from '@cpc/runs/commands';

export const generalOptions = {
  json: flag('print one JSON object at the end on stdout, and nothing else there'),
  verbose: flag('print errors with their stack trace'),
};

export type General = GivenOf<typeof generalOptions>;
