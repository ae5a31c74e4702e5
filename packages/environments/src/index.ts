export { type Baseline, type BaselineOptions, type Baselines, measureBaselines } from './baselines.js';
export { type BuiltInEnvironmentOptions, builtInEnvironmentNames, createBuiltInEnvironment } from './built-in.js';
export { type CheckEnvironmentOptions, checkEnvironment, type EnvironmentCheck } from './check/check-environment.js';
export type { RpcAction } from './dm-env-rpc/world-layout.js';
export {
  type EnvironmentSpec,
  type EnvironmentStep,
  type ObservationSpec,
  type Observations,
  observationSize,
  type VectorEnvironment,
} from './environment.js';
export type { SingleEnvironment, SingleStep } from './single-environment.js';
export { createCartPole } from './small/cart-pole.js';
export { createDelayedCue, type DelayedCueOptions } from './small/delayed-cue.js';
export { type VectoriseOptions, vectorise } from './vectorise.js';
