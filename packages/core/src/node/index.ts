export { type AtomicFile, createAtomicFile, writeFileAtomically } from './atomic-file.js';
export type { BatchJob } from './batch-messages.js';
export { type BatchWorkers, type BatchWorkersOptions, createBatchWorkers } from './batch-workers.js';
export { createCheckpointStore } from './checkpoints.js';
export {
  type EngineInspection,
  type EngineReport,
  type InspectEnginesOptions,
  inspectEngines,
  type NativePackage,
} from './doctor.js';
export type {
  AblateRequest,
  Control,
  DomainCommands,
  EmbedRequest,
  EvaluateRequest,
  ExemplarsRequest,
  ExportRequest,
  NeighboursRequest,
  ProbeRequest,
  SettingOverrides,
  SweepRequest,
  TaskEvent,
  TrainRequest,
} from './domain-commands.js';
export { type EngineMeasurement, type EngineTrial, type EngineTrialOptions, tryEngine } from './engine-trial.js';
export { createEngine, type EngineRequest, engineRequests } from './engines.js';
export {
  createFeatureFile,
  type FeatureContents,
  type FeatureFile,
  featureFileEndings,
  requireFeatureFile,
} from './feature-files/feature-file.js';
export type { IndexTable } from './feature-files/index-table.js';
export type { RowColumn } from './feature-files/parquet-rows.js';
export { type FindFilesOptions, type FoundFile, type FoundFiles, findFiles } from './files/find-files.js';
export { makeFolder } from './files/make-folder.js';
export { requireOnnxEnding, requireOutputFile } from './files/output-file.js';
export {
  openRegularFile,
  type RegularFileOptions,
  readRange,
  readRegularFile,
  readRegularText,
  readRegularTextIfThere,
  regularFilePieces,
} from './files/regular-file.js';
export { createTemporaryFolder } from './files/temporary-folder.js';
export { isShortage, unreadableReason } from './files/unreadable.js';
export { installedVersions } from './installed-versions.js';
export { type KeepRunOptions, type KeptRun, keepRun } from './keep-run.js';
export { thisMachine } from './machine.js';
export {
  decodeModelFile,
  type ModelFile,
  metadataJson,
  modelFileMetadata,
  readModelFile,
  reportWarnings,
  requireParameterShapes,
} from './model-file.js';
export {
  createModelKind,
  type ModelContents,
  type ModelDescription,
  type ModelKind,
  type ReadModel,
} from './model-kind.js';
export { recordChange, recordProbes } from './record-results.js';
export { type Answer, answerRequests, exportedFunction } from './request-answers.js';
export { type RequestThread, type RequestThreadOptions, startRequestThread } from './request-thread.js';
export {
  createRunFolder,
  isRunWithoutWork,
  type RunFolder,
  type RunPaths,
  readLastMetrics,
  readMetrics,
  readRunRecord,
  resumeRunFolder,
  runPaths,
  updateRunRecord,
} from './run-folder.js';
export { type RunInWorkerOptions, runInWorker, WorkerJobError } from './run-in-worker.js';
export { readStartingRun, type StartedModel, type StartingRun } from './starting-run.js';
export { describedSystemError, isSystemError, namingFile, type SystemError, systemErrorIn } from './system-errors.js';
export { createTensorBoardWriter } from './tensorboard-writer.js';
export { loadTensorflow, type TensorflowSearch, tensorflowPackages } from './tensorflow.js';
export { type RequestedTraining, trainRequested } from './train-requested.js';
export { trainingEnd } from './training-end.js';
export type { WorkerJob } from './worker-messages.js';
