export { createCheckpointStore } from './checkpoints/checkpoints.js';
export type { Control, DomainCommands, SettingOverrides, TaskEvent } from './commands/command.js';
export type { EmbedRequest, ExportRequest, ProbeRequest, SearchRequest, TrainRequest } from './commands/requests.js';
export {
  createFeatureFile,
  type FeatureContents,
  type FeatureFile,
  featureFileEndings,
  requireFeatureFile,
} from './feature-files/feature-file.js';
export type { IndexTable } from './feature-files/index-table.js';
export type { RowColumn } from './feature-files/parquet-rows.js';
export { type AtomicFile, createAtomicFile, writeFileAtomically } from './files/atomic-file.js';
export { kindOfFile } from './files/file-kind.js';
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
export { encodeNpy, npyHeader } from './formats/npy.js';
export { decodeSafetensors, encodeSafetensors, safetensorsHeader } from './formats/safetensors.js';
export {
  decodeModelFile,
  type ModelFile,
  metadataJson,
  modelFileMetadata,
  readModelFile,
  reportWarnings,
  requireParameterShapes,
} from './models/model-file.js';
export {
  createModelKind,
  type ModelContents,
  type ModelDescription,
  type ModelKind,
  type ReadModel,
} from './models/model-kind.js';
export { installedVersions } from './run-folder/installed-versions.js';
export { thisMachine } from './run-folder/machine.js';
export { recordChange, recordProbes } from './run-folder/record-results.js';
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
} from './run-folder/run-folder.js';
export { createTensorBoardWriter } from './tensorboard/tensorboard-writer.js';
export type { BatchJob } from './threads/batch-messages.js';
export { type BatchWorkers, type BatchWorkersOptions, createBatchWorkers } from './threads/batch-workers.js';
export { type RunInWorkerOptions, runInWorker } from './threads/run-in-worker.js';
export type { WorkerJob } from './threads/worker-messages.js';
export { type KeepRunOptions, type KeptRun, keepRun } from './training/keep-run.js';
export { readStartingRun, type StartedModel, type StartingRun } from './training/starting-run.js';
export { type RequestedTraining, trainRequested } from './training/train-requested.js';
export { trainingEnd } from './training/training-end.js';
