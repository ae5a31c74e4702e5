export {
  type EngineInspection,
  type EngineReport,
  type InspectEnginesOptions,
  inspectEngines,
  type NativePackage,
} from './doctor.js';
export { type EngineMeasurement, type EngineTrial, type EngineTrialOptions, tryEngine } from './engine-trial.js';
export { createEngine, type EngineRequest, engineRequests } from './engines.js';
export { loadTensorflow, type TensorflowSearch, tensorflowPackages } from './tensorflow.js';
