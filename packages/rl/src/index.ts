export {
  type EnvironmentSpec,
  type EnvironmentStep,
  type ObservationSpec,
  type Observations,
  observationSize,
  type VectorEnvironment,
} from './environments/environment.js';
