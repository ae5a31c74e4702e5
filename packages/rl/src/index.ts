export { type EvaluatePolicyOptions, evaluatePolicy } from './acting/evaluate-policy.js';
export type { PlayedEpisode } from './acting/player.js';
export { fixedPolicy, type Policy, randomPolicy, trainedPolicy } from './acting/policies.js';
export { type EpisodeFigures, summariseEpisodes } from './acting/summarise-episodes.js';
export {
  type Actor,
  type ActorOptions,
  type ActorOutput,
  type ActorState,
  actingStep,
  createActor,
  type Moment,
} from './agent/actor.js';
export { type ActedIn, agentShapeFor } from './agent/agent-shape.js';
export { type EncoderShape, encode } from './agent/encoder.js';
export { type AgentShape, contextualise, type Decision, decide, initialiseAgent, type Past } from './agent/network.js';
export { type AgentParts, exportAgent, exportEncoder } from './export-agent.js';
export {
  type ActorCriticCosts,
  type ActorCriticLoss,
  actorCriticLoss,
  type Outcomes,
} from './learning/actor-critic-loss.js';
export { type AgentLossOptions, createAgentLoss } from './learning/agent-loss.js';
export {
  type ContrastiveTask,
  type ContrastiveTaskInputs,
  type ContrastiveTaskOptions,
  createContrastiveTask,
} from './learning/contrastive-task.js';
export { advantagesOf, discountedReturns, explainedVariance, type RewardedSteps } from './learning/returns.js';
export { paperPreset, type RlPresetName, type RlSettings, rlPresets, smallPreset } from './presets.js';
export { type ResolvedRlSettings, type RlOverrides, resolveRlSettings } from './settings.js';
export { type Agent, type AgentOptions, createAgent, type PlayedUpdate } from './training/agent.js';
export { type AgentModel, createAgentModel } from './training/agent-model.js';
export { agentOptimiser } from './training/agent-optimiser.js';
export { type TrainAgentOptions, trainAgent } from './training/train-agent.js';
