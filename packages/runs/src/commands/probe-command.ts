/** `cpc <domain> probe`: what a classifier reads off the features. */
import { type Control, defineTask, type TaskCommand, type TaskEvent } from './command.js';
import { engineOptions, engineRequestOf } from './engine-options.js';
import { type CommandOptions, type GivenOf, optional, withDefault } from './option.js';
import { ownValues } from './own-values.js';
import { compareProbes, probeText, randomBaseline, resultsOf } from './probe-report.js';
import type { ProbeRequest } from './requests.js';
import { runOptions, seedOptions, strictOptions } from './run-options.js';
import { builtInData, dataOf, dataOptions } from './source-options.js';
import { atLeastOne, choice, namesOutOf, representations } from './values.js';

export interface ProbeDescription<Own extends CommandOptions> {
  /** What can be read off the features; the first is the default. */
  readonly tasks: readonly string[];
  /** The default with `--builtin`, where that is another one. */
  readonly builtInTask?: string;
  readonly baselines: readonly string[];
  /** What can be fitted to features, the default first. */
  readonly classifiers: readonly string[];
  /** What a person names as data, as a word to fill in such as `TASKS`, where that is not what was trained on. */
  readonly otherData?: string;
  /** Options of the domain's own; their values go into the request under their keys. */
  readonly options?: Own;
  readonly run: (request: ProbeRequest & GivenOf<Own>, control: Control) => AsyncGenerator<TaskEvent, void, undefined>;
}

/** The command `probe` of a domain. */
export function probeCommand<const Own extends CommandOptions>(description: ProbeDescription<Own>): TaskCommand {
  const { builtInTask, otherData, options: own } = description;
  const tasks = atLeastOne(description.tasks, 'probe tasks');
  const options = probeOptions(description);
  const taskWith = (isBuiltIn: boolean) => (isBuiltIn ? (builtInTask ?? tasks[0]) : tasks[0]);
  return defineTask({
    name: 'probe',
    summary: 'measure what a classifier reads off the features',
    options: { ...options, ...own, ...engineOptions },
    examples: [`--run runs/first --builtin --task ${tasks[0]}`],
    prepare: (given): ProbeRequest => ({
      ...ownValues(given, own),
      run: given.run,
      data: dataOf(given),
      task: given.task ?? taskWith(given.builtin),
      representations: given.representation,
      classifier: given.classifier,
      baselines: given.baselines,
      seed: given.seed,
      engine: engineRequestOf(given),
      strict: given.strict,
    }),
    run: (request, control) => description.run(request as ProbeRequest & GivenOf<Own>, control), // as prepared
    report: (outcome, { run, task }) => {
      const { status, warnings } = outcome;
      const results = resultsOf(outcome);
      const text = results.length > 0 ? probeText(results) : undefined;
      return { json: { run, task, status, results, warnings }, text, isResult: true };
    },
    compare: compareProbes,
    next: ({ out, data }) => {
      const source = data === builtInData ? ['--builtin'] : ['--data', otherData ?? data];
      const task = taskWith(data === builtInData);
      return ['probe', '--run', out, ...source, ...(task === tasks[0] ? [] : ['--task', task])];
    },
  });
}

function probeOptions({
  tasks,
  builtInTask,
  baselines,
  classifiers,
}: Pick<ProbeDescription<CommandOptions>, 'tasks' | 'builtInTask' | 'baselines' | 'classifiers'>) {
  const others = builtInTask === undefined || builtInTask === tasks[0] ? '' : `; with --builtin: ${builtInTask}`;
  const names = atLeastOne(classifiers, 'classifiers');
  const least = baselines.filter((name) => name === randomBaseline);
  return {
    ...runOptions,
    ...dataOptions,
    task: optional(choice(atLeastOne(tasks, 'probe tasks')), {
      placeholder: '<name>',
      help: `what to read off the features (default: ${tasks[0]}${others})`,
      choices: tasks,
    }),
    representation: optional(representations, {
      placeholder: '<a,b>',
      help: 'latent, context, or both (default: the domain’s choice)',
    }),
    baselines: withDefault(namesOutOf(baselines), least, {
      placeholder: '<a,b>',
      help: `what to compare with: none, or out of ${baselines.join(', ')}`,
      defaultText: least.join(',') || 'none',
    }),
    ...seedOptions('folds and intervals'),
    ...strictOptions,
    classifier: withDefault(choice(names), names[0], {
      placeholder: '<name>',
      help: 'what to fit to the features',
      choices: classifiers,
    }),
  };
}
