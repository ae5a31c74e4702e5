export {
  CpcArgumentError,
  CpcError,
  createRandom,
  type ErrorParts,
  entryAt,
  firstAbove,
  type Random,
  refuseSkippedFiles,
  type SkippedFile,
  skippedInWords,
  someOf,
} from '@cpc/base';
export {
  type Checkpoint,
  type CheckpointPlace,
  type CheckpointStore,
  createMemoryCheckpointStore,
  type DamagedCheckpoint,
  defaultKeptCheckpoints,
  newestWhole,
} from './checkpoint-store.js';
export { constantTensors } from './constant-tensors.js';
export { type ContrastiveInputs, type ContrastiveOutputs, contrastiveLoss } from './contrastive-loss.js';
export { labelledCrossEntropy } from './cross-entropy.js';
export { type EagerEngineOptions, eagerEngine } from './engines/eager-engine.js';
export { type Engine, type EngineName, summaryOf } from './engines/engine.js';
export { onnxEngine } from './engines/onnx-engine.js';
export {
  parseSettings,
  type ResolvedSettings,
  requireConsistent,
  resolveSettings,
  type SettingsKind,
} from './experiment-settings.js';
export { excludedScore, infoNce, infoNcePerAnchor } from './info-nce.js';
export { joinRows } from './join-rows.js';
export {
  type Conv1dOptions,
  type Conv1dParameters,
  type Conv1dShape,
  conv1d,
  initialiseConv1d,
} from './layers/conv1d.js';
export {
  type Conv2dOptions,
  type Conv2dParameters,
  type Conv2dShape,
  conv2d,
  initialiseConv2d,
  type Margins,
} from './layers/conv2d.js';
export { type DenseParameters, dense, initialiseDense } from './layers/dense.js';
export { dropout, dropoutMask } from './layers/dropout.js';
export { type EmbeddingParameters, embedding, initialiseEmbedding } from './layers/embedding.js';
export { type GruParameters, gru, initialiseGru } from './layers/gru.js';
export { contextualiseByGru } from './layers/gru-context.js';
export { heNormal, lecunNormal, normalArray, zerosArray } from './layers/initialisers.js';
export { layerAt } from './layers/layer-at.js';
export {
  initialiseLayerNorm,
  type LayerNormOptions,
  type LayerNormParameters,
  layerNorm,
} from './layers/layer-norm.js';
export { initialiseLstm, type LstmOptions, type LstmParameters, type LstmState, lstm } from './layers/lstm.js';
export { type MeanAndDeviation, meanAndDeviation } from './mean-and-deviation.js';
export {
  type CorrelatedGaussians,
  drawPairs,
  gaussianInformation,
  gaussiansOfInformation,
  logDensityRatios,
  type Pairs,
} from './mutual-information/correlated-gaussians.js';
export {
  bilinearCritic,
  type Critic,
  type SeparableCriticOptions,
  separableCritic,
} from './mutual-information/critics.js';
export {
  estimateInformation,
  type InformationEstimate,
  type InformationExperiment,
} from './mutual-information/estimate-information.js';
export {
  type InformationEstimator,
  infoNceEstimator,
  informationEstimators,
  jensenShannonEstimator,
  nwjEstimator,
} from './mutual-information/estimators.js';
export {
  mostNegatives,
  type NegativeOrigin,
  type NegativeSampler,
  negativesFromBatch,
  negativesFromOtherSequences,
  negativesFromOwnAndOtherSequences,
  negativesFromOwnSequence,
  type SequenceLayout,
  wrongNegativeCount,
} from './negatives.js';
export { type AdamOptions, adam } from './optimisers/adam.js';
export { clipFactor, globalNorm } from './optimisers/clip.js';
export { type DecayingAdamSettings, decayingAdam } from './optimisers/decaying-adam.js';
export type { Optimiser, OptimiserInputs } from './optimisers/optimiser.js';
export { type RmspropOptions, rmsprop } from './optimisers/rmsprop.js';
export {
  constantRate,
  cosineDecay,
  type DecayOptions,
  type LearningRate,
  linearDecay,
  type RatePhase,
  type Schedule,
  stepDecay,
  warmUp,
} from './optimisers/schedules.js';
export { type SgdOptions, sgd } from './optimisers/sgd.js';
export {
  countParameters,
  flatten,
  float32Specs,
  type HostArray,
  mapTree,
  sizeOf,
  type Tree,
  unflatten,
} from './parameter-tree.js';
export { initialisePredictors, type PredictorParameters, type PredictorShape, predict } from './predictors.js';
export { type ModelPart, recomputed } from './recomputed.js';
export { type BatchMaker, type BatchSource, batchesInThread, batchOf, type MadeBatch } from './training/batches.js';
export { type Course, type CourseOptions, nextTurn, openCourse, requireCourse } from './training/course.js';
export type { BatchTensors, DamagedInput, Domain, DomainLayout, DomainTable, TensorTree } from './training/domain.js';
export { type EvaluateOptions, type Evaluation, evaluate, evaluateBatches } from './training/evaluate.js';
export {
  candidatesInput,
  domainLoss,
  initialiseModel,
  initialStream,
  stepInputs,
  untrainedModel,
  withoutPredictors,
} from './training/loss.js';
export { createLossStep, type LossStep, type LossStepOptions } from './training/loss-step.js';
export { type LastGood, NotFiniteError } from './training/require-finite.js';
export { restoredState, startingCheckpoint } from './training/starting-point.js';
export { parameterNames, treeOfParameters } from './training/state-names.js';
export { createTrainingStep, type StepResult, type TrainingStep, type TrainingStepOptions } from './training/step.js';
export { parametersOf, type Training, type TrainOptions, train, trainedParameters } from './training/train.js';
export {
  createUpdateStep,
  type LossAndMetrics,
  type StepLoss,
  type TrainingState,
  type UpdateResult,
  type UpdateStep,
  type UpdateStepOptions,
} from './training/update-step.js';
