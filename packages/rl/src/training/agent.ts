/**
 * An agent that acts and learns in an environment, one unroll and one update at a time. Both halves are compiled apart and share the
 * parameters. `train-agent.ts` walks it along a run.
 */
import type { NamedHostTensors } from '@cpc/compile';
import {
  type Checkpoint,
  CpcArgumentError,
  countParameters,
  createRandom,
  createUpdateStep,
  type Engine,
  restoredState,
  type UpdateResult,
} from '@cpc/core';
import type { VectorEnvironment } from '@cpc/environments';
import { createPlayer, type PlayedEpisode } from '../acting/player.js';
import { createUnroll } from '../acting/unroll.js';
import { createActor } from '../agent/actor.js';
import { candidatesInput, createAgentLoss } from '../learning/agent-loss.js';
import type { RlSettings } from '../presets.js';
import { createAgentModel } from './agent-model.js';
import { agentOptimiser } from './agent-optimiser.js';

export interface AgentOptions {
  /** As many copies as the settings say; the caller closes it. */
  readonly environment: VectorEnvironment;
  readonly settings: RlSettings;
  readonly engine: Engine;
  /** Decides first parameters, episodes, actions and negatives. */
  readonly seed: number;
}

/** What was played for one update. */
export interface PlayedUpdate {
  readonly episodes: readonly PlayedEpisode[];
  /** Of the returns, by the values; undefined where all returns are equal. */
  readonly explainedVariance: number | undefined;
  /** The inputs of the update, valid until the next is played. */
  readonly batch: NamedHostTensors;
}

export interface Agent {
  /** How far ahead the contrastive task predicts; empty where it is off. */
  readonly offsets: readonly number[];
  readonly parameterCount: number;
  readonly framesPerUpdate: number;
  /** Time to trace and load everything. */
  readonly prepareMilliseconds: number;
  /** Parameters and the optimiser's averages; not copies. */
  readonly state: NamedHostTensors;
  /** Starts new episodes in all copies, before the first update or where a run goes on after `step` updates. */
  readonly start: (step: number) => Promise<void>;
  /** Plays an unroll for update `number`, counted from 1. */
  readonly play: (number: number) => Promise<PlayedUpdate>;
  /** @throws {CpcError} if loss or gradient is not finite; the parameters stay. */
  readonly learn: (played: PlayedUpdate, number: number) => Promise<UpdateResult>;
  /** Parameters, the optimiser's averages, and where the copies stand as far as the environment can tell. */
  readonly save: () => Promise<NamedHostTensors>;
  /** Goes on from what `save` gave; false if the episodes cannot be gone on with: then `start` comes next. */
  readonly restore: (saved: Checkpoint) => Promise<boolean>;
  readonly dispose: () => Promise<void>;
}

/**
 * Prepares both halves on an engine.
 *
 * @throws {CpcArgumentError} if the environment has another number of copies than the settings.
 */
export async function createAgent(options: AgentOptions): Promise<Agent> {
  const { environment, settings, engine, seed } = options;
  requireCopies(environment, settings);
  const { copies, unrollSteps: steps, clipNorm, discount, rewardLimit } = settings;
  const model = createAgentModel(environment.spec, settings);
  const { observation, contextUnits } = model.shape;
  const parameters = model.initialise(seed);
  const begun = performance.now();
  const learner = await createUpdateStep({
    loss: createAgentLoss(model.loss),
    engine,
    optimiser: agentOptimiser(settings),
    parameters,
    ...(clipNorm > 0 ? { clipNorm } : {}),
  });
  const { state } = learner;
  const actor = await createActor({ engine, shape: model.shape, copies, parameters, current: () => state.current });
  const player = createPlayer({ environment, actor, rewardLimit });
  const unroll = createUnroll({ copies, steps, observationShape: observation.shape, contextUnits });
  const random = createRandom(seed);
  return {
    offsets: model.offsets,
    parameterCount: countParameters(parameters),
    framesPerUpdate: copies * steps * environment.spec.actionRepeat,
    prepareMilliseconds: performance.now() - begun,
    get state() {
      return state.current;
    },
    start: (step) => player.start(random.fold('environment', step).integer(2 ** 31)),
    play: async (number) => {
      const { episodes, following } = await player.play(unroll, steps, random.fold('actions', number));
      const { batch, explainedVariance } = unroll.finish(following, discount);
      const candidates = model.drawCandidates(random.fold('negatives', number));
      const inputs = candidates === undefined ? batch : { ...batch, [candidatesInput]: candidates };
      return { episodes, explainedVariance, batch: inputs };
    },
    learn: ({ batch }, number) => learner.run(batch, number),
    save: async () => ({ ...state.current, ...(await player.save()) }),
    restore: async (saved) => {
      state.load(restoredState(saved, state.current));
      return player.restore(saved.tensors);
    },
    dispose: async () => {
      await Promise.all([learner.dispose(), actor.dispose()]);
    },
  };
}

function requireCopies(environment: VectorEnvironment, settings: RlSettings): void {
  if (environment.copies === settings.copies) return;
  throw new CpcArgumentError({
    where: 'createAgent',
    argument: 'environment',
    expected: `an environment of ${settings.copies} copies, as the settings say`,
    received: environment.copies,
    fix: 'Create it with `copies: settings.copies`, or change that setting.',
  });
}
