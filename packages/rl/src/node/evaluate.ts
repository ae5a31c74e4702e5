/** `cpc rl evaluate`. */
import { CpcError, createRandom, type Random } from '@cpc/core';
import { createEngine, type EngineRequest } from '@cpc/core/node';
import type { Observations, VectorEnvironment } from '@cpc/environments';
import { encodeGif, openEnvironment, requireBuiltIn } from '@cpc/environments/node';
import type { EvaluationResult } from '@cpc/records';
import {
  type Control,
  readRunRecord,
  recordChange,
  reportWarnings,
  runPaths,
  type TaskEvent,
  writeFileAtomically,
} from '@cpc/runs';
import { evaluatePolicy } from '../acting/evaluate-policy.js';
import type { PlayedEpisode } from '../acting/player.js';
import { fixedPolicy, type Policy, randomPolicy, trainedPolicy } from '../acting/policies.js';
import { summariseEpisodes } from '../acting/summarise-episodes.js';
import { type Actor, createActor } from '../agent/actor.js';
import { isPicture } from '../agent/encoder.js';
import { type AgentModelFile, loadAgentModel } from './model-file.js';

/** What else an environment is played with. */
export const rlBaselines = ['random', 'fixed'] as const;

/** Copies that are played at once, at most. */
const mostCopies = 16;

/** How well a trained agent does. */
export interface EvaluateRequest {
  readonly run: string;
  /** Default: the environment that it was trained in. */
  readonly environment?: string | undefined;
  /** Whole episodes of every policy; >= 1. */
  readonly episodes: number;
  /** Take the likeliest action instead of drawing one. */
  readonly greedy: boolean;
  /** Names out of `rlBaselines`. */
  readonly baselines: readonly string[];
  /** A file ending in `.gif`: the trained agent's first episode. */
  readonly video?: string | undefined;
  readonly workers: number;
  readonly seed: number;
  readonly engine: EngineRequest;
}

/** Plays whole episodes with the trained agent and with policies that learnt nothing, and writes the results into the run record. */
export async function* evaluateRl(
  request: EvaluateRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  const model = yield* reportWarnings(await loadAgentModel(request.run));
  const { episodes, workers: threads, environment: name = model.environment.name } = request;
  if (request.environment === undefined) requireBuiltIn(name, runPaths(request.run).model);
  const environment = await openEnvironment({
    name,
    threads,
    copies: Math.min(mostCopies, episodes),
    stopRequested: control.stopRequested,
  });
  try {
    requireSameSpec(model, environment);
    if (request.video !== undefined) requirePictures(environment);
    const engine = await createEngine(request.engine);
    const actor = await createActor({ ...model, engine, copies: environment.copies });
    try {
      yield* evaluateAll(request, control, { model, environment, actor });
    } finally {
      await actor.dispose();
    }
  } finally {
    await environment.close();
  }
}

interface Evaluated {
  readonly model: AgentModelFile;
  readonly environment: VectorEnvironment;
  readonly actor: Actor;
}

async function* evaluateAll(
  request: EvaluateRequest,
  control: Control,
  evaluated: Evaluated,
): AsyncGenerator<TaskEvent, void, undefined> {
  const { environment, model } = evaluated;
  const { seed, video } = request;
  const { totals } = await readRunRecord(request.run);
  const pictures: Uint8Array[] = [];
  for (const policy of policiesOf(request, evaluated)) {
    const isTrained = policy.name === 'trained';
    const watch =
      isTrained && video !== undefined ? (seen: Observations) => pictures.push(Uint8Array.from(seen)) : undefined;
    const played = yield* playedBy(policy, request, control, { environment, model, watch });
    if (control.stopRequested()) return;
    const figures = { environment: environment.name, policy: policy.name, ...summariseEpisodes(played), seed };
    const result: EvaluationResult = isTrained ? { ...figures, step: totals.steps } : figures;
    yield { type: 'evaluation-end', result };
    yield* await recordChange(request.run, ({ evaluations = [] }) => ({
      evaluations: [...evaluations.filter((other) => !isSameQuestion(other, result)), result],
    }));
  }
  if (video !== undefined) yield await filmed(video, pictures, environment);
}

/** Episodes of one policy, telling how far they are. */
async function* playedBy(
  policy: Policy,
  { episodes, seed }: EvaluateRequest,
  control: Control,
  given: Omit<Evaluated, 'actor'> & { readonly watch: ((seen: Observations) => void) | undefined },
): AsyncGenerator<TaskEvent, PlayedEpisode[], undefined> {
  const { environment, model, watch } = given;
  const played: PlayedEpisode[] = [];
  const run = evaluatePolicy({
    environment,
    policy,
    episodes,
    seed,
    rewardLimit: model.settings.rewardLimit,
    ...(watch === undefined ? {} : { watch }),
    stopRequested: control.stopRequested,
  });
  for await (const episode of run) {
    played.push(episode);
    yield { type: 'progress', label: `${policy.name}: episodes`, done: played.length, total: episodes };
  }
  return played;
}

/** The trained one first. */
function policiesOf({ baselines, greedy, seed }: EvaluateRequest, { environment, actor }: Evaluated): Policy[] {
  const { actions } = environment.spec;
  const random = (name: string): Random => createRandom(seed).fold('evaluate', name);
  return [
    trainedPolicy(actor, { actionCount: actions.length, greedy, random: random('trained') }),
    ...(baselines.includes('random') ? [randomPolicy(actions.length, random('random'))] : []),
    ...(baselines.includes('fixed') ? actions.map((_, action) => fixedPolicy(actions, action)) : []),
  ];
}

function isSameQuestion(one: EvaluationResult, other: EvaluationResult): boolean {
  return one.environment === other.environment && one.policy === other.policy;
}

/** At the pace of the frames, 60 a second. */
async function filmed(path: string, pictures: readonly Uint8Array[], { spec }: VectorEnvironment): Promise<TaskEvent> {
  const { observation, actionRepeat } = spec;
  await writeFileAtomically(
    path,
    encodeGif(pictures, { shape: observation.shape, framesPerSecond: 60 / actionRepeat }),
  );
  return { type: 'file-written', path, description: `${pictures.length} pictures of the agent’s first episode` };
}

function requirePictures({ name, spec }: VectorEnvironment): void {
  if (isPicture(spec.observation) && spec.observation.shape[2] === 3) return;
  throw new CpcError({
    where: '--video',
    expected: 'an environment that shows pictures in colour',
    received: `${name}, which shows ${spec.observation.dtype} [${spec.observation.shape.join(', ')}]`,
    fix: 'Leave --video out.',
  });
}

function requireSameSpec({ environment }: AgentModelFile, { name, spec }: VectorEnvironment): void {
  const textOf = ({ observation, actions }: Pick<typeof spec, 'observation' | 'actions'>) =>
    `${observation.dtype} [${observation.shape.join(', ')}] and the actions ${actions.join(', ')}`;
  if (textOf(spec) === textOf(environment)) return;
  throw new CpcError({
    where: `environment ${name}`,
    expected: `what the agent was trained for: ${textOf(environment)}`,
    received: textOf(spec),
    fix: `Evaluate it in ${environment.name}, or in an environment like it.`,
  });
}
