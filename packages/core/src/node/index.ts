export { writeFileAtomically } from './atomic-file.js';
export { createCheckpointStore } from './checkpoints.js';
export type {
  Control,
  DomainCommands,
  EmbedRequest,
  ExportRequest,
  ProbeRequest,
  SettingOverrides,
  TaskEvent,
  TrainRequest,
} from './domain-commands.js';
export { createEngine, type EngineRequest, engineRequests } from './engines.js';
export { type RunInWorkerOptions, runInWorker, WorkerJobError } from './run-in-worker.js';
export { createTensorBoardWriter } from './tensorboard-writer.js';
export { loadTensorflow, type TensorflowSearch, tensorflowPackages } from './tensorflow.js';
export type { WorkerJob } from './worker-messages.js';
