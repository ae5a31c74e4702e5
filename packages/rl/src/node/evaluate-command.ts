/** `cpc rl evaluate`: how well a trained agent does, next to policies that learned nothing. */
import type { EvaluationResult } from '@cpc/records';
import {
  type Comparison,
  defineTask,
  engineOptions,
  engineRequestOf,
  fileEndingIn,
  flag,
  namesOutOf,
  type Outcome,
  optional,
  requireOutput,
  runOptions,
  seedOptions,
  short,
  table,
  text,
  wholeNumber,
  withDefault,
} from '@cpc/runs/commands';
import { type EvaluateRequest, evaluateRl, rlBaselines } from './evaluate.js';

const randomPolicy = 'random';

export const evaluateCommand = defineTask({
  name: 'evaluate',
  summary: 'measure how well the agent does, beside policies that learnt nothing',
  options: {
    ...runOptions,
    env: optional(text, {
      placeholder: '<name>',
      help: 'environment to act in (default: the one it was trained in)',
    }),
    episodes: withDefault(wholeNumber(1), 100, { placeholder: '<n>', help: 'whole episodes of every policy' }),
    greedy: flag('take the likeliest action instead of drawing one'),
    baselines: withDefault(namesOutOf(rlBaselines), rlBaselines, {
      placeholder: '<a,b>',
      help: `what to compare with: none, or out of ${rlBaselines.join(', ')}`,
      defaultText: rlBaselines.join(','),
    }),
    video: optional(fileEndingIn(['.gif']), {
      placeholder: '<file>',
      help: 'film the trained agent’s first episode into a file ending in .gif',
    }),
    workers: withDefault(wholeNumber(0, 64), 1, {
      placeholder: '<n>',
      help: 'threads that the environments run in',
    }),
    ...seedOptions('episodes and actions'),
    ...engineOptions,
  },
  examples: ['--run runs/first --episodes 100 --video agent.gif'],
  prepare: async (given): Promise<EvaluateRequest> => {
    const { run, env, episodes, greedy, baselines, video, workers, seed } = given;
    await requireOutput('--video', video);
    const asked = { run, environment: env, episodes, greedy, baselines, video, workers, seed };
    return { ...asked, engine: engineRequestOf(given) };
  },
  run: evaluateRl,
  report: (outcome, { run }) => {
    const { status, files, warnings } = outcome;
    const evaluations = evaluationsOf(outcome);
    return {
      json: { run, status, evaluations, files, warnings },
      text: evaluations.length > 0 ? evaluationTable(evaluations) : undefined,
      isResult: true,
      notes: files.map(({ path, description }) => `${path}: ${description}`),
    };
  },
  compare,
  next: ({ out }) => ['evaluate', '--run', out],
});

function evaluationsOf({ events }: Outcome): EvaluationResult[] {
  return events.flatMap((event) => (isEvaluationEnd(event) ? [event.result] : []));
}

function isEvaluationEnd(event: object): event is { readonly result: EvaluationResult } {
  return 'type' in event && event.type === 'evaluation-end';
}

/** Better is who is so by more than chance would have it: by two standard errors. */
function compare(outcome: Outcome): Comparison {
  const [trained, random] = ['trained', randomPolicy].map((policy) =>
    evaluationsOf(outcome).find((result) => result.policy === policy),
  );
  if (trained === undefined || random === undefined)
    throw new Error(`the evaluation gave no result for trained and ${randomPolicy}.`);
  const error = Math.hypot(trained.standardError, random.standardError);
  const isBetter = trained.meanReturn - random.meanReturn > 2 * error;
  const figures = { trained: figureOf(trained), random: figureOf(random) };
  const returns = `a return of ${figures.trained} against ${figures.random} of the random policy`;
  const verdict = isBetter
    ? `the trained agent does better than a random one: ${returns}.`
    : `training did NOT help: ${returns}.`;
  return { task: trained.environment, trained, random, figures, isBetter, verdict };
}

function figureOf({ meanReturn, standardError }: EvaluationResult): string {
  return `${short(meanReturn)} ± ${short(standardError)}`;
}

function evaluationTable(evaluations: readonly EvaluationResult[]): string {
  const rows = evaluations.map((result) => [
    result.policy,
    short(result.meanReturn),
    short(result.standardError),
    short(result.leastReturn),
    short(result.greatestReturn),
    short(result.meanSteps),
    String(result.episodes),
  ]);
  const head = ['policy', 'mean return', 'standard error', 'least', 'greatest', 'agent steps', 'episodes'];
  return table([head, ...rows], [1, 2, 3, 4, 5, 6]);
}
