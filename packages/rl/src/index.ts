export { type Baseline, type BaselineOptions, type Baselines, measureBaselines } from './environments/baselines.js';
export {
  type BuiltInEnvironmentOptions,
  builtInEnvironmentNames,
  createBuiltInEnvironment,
} from './environments/built-in.js';
export {
  type CheckEnvironmentOptions,
  checkEnvironment,
  type EnvironmentCheck,
} from './environments/check/check-environment.js';
export {
  type EnvironmentSpec,
  type EnvironmentStep,
  type ObservationSpec,
  type Observations,
  observationSize,
  type VectorEnvironment,
} from './environments/environment.js';
export type { SingleEnvironment, SingleStep } from './environments/single-environment.js';
export { createCartPole } from './environments/small/cart-pole.js';
export { createDelayedCue, type DelayedCueOptions } from './environments/small/delayed-cue.js';
export { type VectoriseOptions, vectorise } from './environments/vectorise.js';
