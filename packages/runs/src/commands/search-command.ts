/** A command that finds what of some data is most like a query. */
import { type Control, defineTask, type Outcome, type TaskCommand, type TaskEvent } from './command.js';
import { engineOptions, engineRequestOf } from './engine-options.js';
import { type CommandOptions, type GivenOf, optional, required, withDefault } from './option.js';
import { ownValues, pathsIn } from './own-values.js';
import type { SearchRequest } from './requests.js';
import { requireOutput } from './require-output.js';
import { runOptions, strictOptions } from './run-options.js';
import { dataOf, dataOptions } from './source-options.js';
import { table } from './text.js';
import { fileEndingIn, text, wholeNumber } from './values.js';

export interface SearchDescription<Own extends CommandOptions> {
  /** As typed; also the key of the matches in JSON. */
  readonly name: string;
  readonly summary: string;
  /** What a query is, for help, such as `a sentence`. */
  readonly query: string;
  /** Endings of files that it shows matches in; absent where there are none. */
  readonly endings?: readonly string[];
  /** Options of the domain's own; their values go into the request under their keys. */
  readonly options?: Own;
  readonly run: (request: SearchRequest & GivenOf<Own>, control: Control) => AsyncGenerator<TaskEvent, void, undefined>;
}

/** A command of a domain whose inputs can be named and shown on a command line. */
export function searchCommand<const Own extends CommandOptions>(description: SearchDescription<Own>): TaskCommand {
  const { name, summary, query: what, endings, options: own } = description;
  const options = {
    ...runOptions,
    ...dataOptions,
    query: required(text, { placeholder: '<query>', help: what }),
    count: withDefault(wholeNumber(1), 5, { placeholder: '<n>', help: 'how many to report' }),
    ...strictOptions,
    ...fileOptions(endings),
  };
  return defineTask({
    name,
    summary,
    options: { ...options, ...own, ...engineOptions },
    examples: [`--run runs/first --data my-data --query "${what}"`],
    prepare: async (given): Promise<SearchRequest> => {
      const { run, query, count, out, strict } = given;
      const data = dataOf(given);
      const others = ownValues(given, own);
      await requireOutput('--out', out, { run, data, others: [query, ...pathsIn(others)] });
      return { ...others, run, data, query, count, out, strict, engine: engineRequestOf(given) };
    },
    run: (request, control) => description.run(request as SearchRequest & GivenOf<Own>, control), // as prepared
    report: (outcome, { run, query }) => {
      const { status, files, warnings } = outcome;
      const matches = matchesOf(outcome);
      const rows = matches.map(({ label, similarity }) => [similarity.toFixed(3), label]);
      const shown = matches.length > 0 ? table(rows) : undefined;
      return { json: { run, query, status, [name]: matches, files, warnings }, text: shown, isResult: true };
    },
  });
}

function fileOptions(endings: readonly string[] | undefined) {
  const out = optional(fileEndingIn(endings ?? []), {
    placeholder: '<file>',
    help: `also show them in a file ending in ${endings?.join(' or ')}`,
  });
  return endings === undefined ? ({} as { readonly out: typeof out }) : { out }; // then `out` is never given
}

interface Match {
  readonly label: string;
  readonly similarity: number;
}

function matchesOf({ events }: Outcome): Match[] {
  return events.flatMap((event) => (isMatch(event) ? [{ label: event.label, similarity: event.similarity }] : []));
}

function isMatch(event: object): event is Match {
  return 'type' in event && event.type === 'match-found';
}
