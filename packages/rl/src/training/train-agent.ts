/**
 * The training loop of an agent. It reads from top to bottom: prepare, resume, and then play, learn, report, save until done.
 *
 * It makes its data as it goes, so it is a loop of its own; how a run goes on, when it ends and what it tells are core's.
 */
import {
  type CourseOptions,
  type Engine,
  nextTurn,
  openCourse,
  requireCourse,
  summaryOf,
  type Training,
  trainedParameters,
  type UpdateResult,
} from '@cpc/core';
import type { VectorEnvironment } from '@cpc/environments';
import type { AgentMeasurements, TrainingEvent, TrainingEventOf } from '@cpc/records';
import type { PlayedEpisode } from '../acting/player.js';
import type { RlSettings } from '../presets.js';
import { createAgent, type PlayedUpdate } from './agent.js';

export interface TrainAgentOptions extends CourseOptions {
  /** As many copies as the settings say; the caller closes it. */
  readonly environment: VectorEnvironment;
  readonly settings: RlSettings;
  readonly engine: Engine;
  /** Asked after every update, and where a remote environment fails: true saves what was learnt, and leaves. */
  readonly stopRequested?: (() => boolean) | undefined;
}

/**
 * Trains an agent by batched A2C, from the newest good checkpoint if there is one.
 *
 * Update n draws its actions and negatives from streams named after the seed and n. With an environment that can save its state, a
 * resumed run computes what an uninterrupted one does, bit for bit on the same machine. With another one, new episodes start where
 * the run goes on, which a warning tells.
 *
 * @returns events as they happen, ending with `run-end`, and the trained parameters. Leaving early (`break`) frees the engine's memory and saves nothing.
 * @throws {CpcArgumentError} if neither `steps` nor `minutes` is given, a number is out of range, or the environment has another
 *   number of copies than the settings.
 * @throws {CpcError} if loss or gradient is not finite, naming the step and the last good checkpoint; or the checkpoint is another
 *   run's; or there are checkpoints, and none is whole.
 *
 * @example
 * const environment = createBuiltInEnvironment({ name: 'cart_pole', copies: settings.copies });
 * for await (const event of trainAgent({ environment, settings, engine, seed: 1, steps: 500, checkpoints })) {
 *   if (event.type === 'step-end') console.log(event.step, event.agent?.episodeReturn);
 * }
 */
export async function* trainAgent(options: TrainAgentOptions): Training {
  requireCourse('trainAgent', options);
  const { environment, engine, stopRequested } = options;
  const agent = await createAgent(options);
  try {
    let goesOn = false;
    const course = await openCourse(options, async (checkpoint) => {
      goesOn = await agent.restore(checkpoint);
    });
    if (!goesOn) await agent.start(course.step);
    yield* course.damaged;
    if (!goesOn && course.step > 0) yield newEpisodes(environment);
    const { parameterCount, prepareMilliseconds: traceMilliseconds } = agent;
    yield { type: 'run-start', ...course.goal(), parameterCount, engine: summaryOf(engine), traceMilliseconds };

    while (!course.isDone() && !stopRequested?.()) {
      const begun = performance.now();
      const number = course.step + 1;
      const played = await unlessStopped(agent.play(number), options);
      if (played === undefined) break;
      const actingMilliseconds = performance.now() - begun;
      const learned = await agent.learn(played, number).catch((error: unknown) => {
        throw course.explain(error);
      });
      const stepMilliseconds = performance.now() - begun;

      course.advance(stepMilliseconds / 1000);
      const { step, trainedSeconds } = course;
      yield {
        type: 'step-end',
        step,
        trainedSeconds,
        stepMilliseconds,
        inputWaitMilliseconds: 0,
        examplesPerSecond: (1000 * environment.copies) / stepMilliseconds,
        ...contrastiveFigures(learned, agent.offsets),
        gradientNorm: learned.gradientNorm,
        learningRate: learned.learningRate,
        agent: {
          frames: step * agent.framesPerUpdate,
          framesPerSecond: (1000 * agent.framesPerUpdate) / stepMilliseconds,
          actingShare: actingMilliseconds / stepMilliseconds,
          ...playedFigures(played),
          ...lossFigures(learned),
        },
      };

      if (course.isDueForSaving()) yield await course.save(await agent.save());
      await nextTurn();
    }

    if (!course.isSaved()) yield await course.save(await agent.save());
    yield course.end();
    return trainedParameters(agent.state);
  } finally {
    await agent.dispose();
  }
}

/** What another program fails to answer once a stop is requested is given up: undefined. */
async function unlessStopped<Value>(
  work: Promise<Value>,
  { environment, stopRequested }: TrainAgentOptions,
): Promise<Value | undefined> {
  try {
    return await work;
  } catch (error) {
    if (environment.isRemote === true && stopRequested?.() === true) return undefined;
    throw error;
  }
}

/** What the contrastive task came to; nothing where it is off. */
function contrastiveFigures({ metrics }: UpdateResult, offsets: readonly number[]) {
  const numbers = (name: string) => Array.from(metrics[name]?.data ?? []);
  return {
    lossNats: numbers('contrastiveLoss')[0] ?? 0,
    accuracy: numbers('accuracyPerStep'),
    boundNats: numbers('boundPerStep'),
    firstPredictionStep: offsets[0] ?? 1,
    offsets: [...offsets],
  } satisfies Partial<TrainingEventOf<'step-end'>>;
}

function playedFigures({
  episodes,
  explainedVariance,
}: PlayedUpdate): Pick<AgentMeasurements, 'episodes' | 'episodeReturn' | 'episodeSteps' | 'explainedVariance'> {
  const count = episodes.length;
  const explained = explainedVariance === undefined ? {} : { explainedVariance };
  if (count === 0) return { episodes: 0, ...explained };
  const mean = (read: (episode: PlayedEpisode) => number) =>
    episodes.reduce((sum, episode) => sum + read(episode), 0) / count;
  return {
    ...explained,
    episodes: count,
    episodeReturn: mean((episode) => episode.return),
    episodeSteps: mean(({ steps }) => steps),
  };
}

function lossFigures({ metrics }: UpdateResult): Pick<AgentMeasurements, 'entropyNats' | 'policyLoss' | 'valueLoss'> {
  const number = (name: string) => metrics[name]?.data[0] ?? Number.NaN;
  return {
    entropyNats: Math.max(0, number('entropy')), // rounding may put it below
    policyLoss: number('policyLoss'),
    valueLoss: number('valueLoss'),
  };
}

function newEpisodes({ name }: VectorEnvironment): TrainingEvent {
  const message = `${name} cannot save its state: new episodes start where the run goes on, so its numbers differ from those of a run that was not interrupted`;
  return { type: 'warning', message };
}
