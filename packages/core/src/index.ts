export { type Checkpoint, type CheckpointStore, createMemoryCheckpointStore } from './checkpoint-store.js';
export { constantTensors } from './constant-tensors.js';
export { type ContrastiveInputs, type ContrastiveOutputs, contrastiveLoss } from './contrastive-loss.js';
export { labelledCrossEntropy } from './cross-entropy.js';
export { type EagerEngineOptions, eagerEngine } from './engines/eager-engine.js';
export { type Engine, type EngineName, summaryOf } from './engines/engine.js';
export { onnxEngine } from './engines/onnx-engine.js';
export { entryAt } from './entry-at.js';
export { CpcArgumentError, CpcError, type ErrorParts } from './errors.js';
export {
  parseSettings,
  type ResolvedSettings,
  requireConsistent,
  resolveSettings,
  type SettingsKind,
} from './experiment-settings.js';
export { kindOfFile } from './file-kind.js';
export { firstAbove } from './first-above.js';
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
export { encodeNpy, npyHeader } from './npy.js';
export { type AdamOptions, adam } from './optimisers/adam.js';
export { clipFactor, globalNorm } from './optimisers/clip.js';
export { type DecayingAdamSettings, decayingAdam } from './optimisers/decaying-adam.js';
export { type LbfgsOptions, type LbfgsResult, minimise } from './optimisers/lbfgs.js';
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
  type Tree,
  unflatten,
} from './parameter-tree.js';
export { initialisePredictors, type PredictorParameters, type PredictorShape, predict } from './predictors.js';
export {
  type Classifier,
  chooseSetting,
  type NestedCrossValidation,
  type NestedCrossValidationOptions,
  nestedCrossValidation,
  type OuterFold,
  type Selection,
  type SelectionOptions,
} from './probes/cross-validation.js';
export { gatherRows, type LabelledExamples } from './probes/examples.js';
export { type Fold, groupedFolds, stratifiedFolds } from './probes/folds.js';
export { gatherLabels } from './probes/gather-labels.js';
export { holdOutGroups } from './probes/held-out.js';
export {
  type LogisticClassifierOptions,
  logisticClassifier,
  type ScaledRegression,
} from './probes/logistic-classifier.js';
export {
  fitLogisticRegression,
  fitLogisticRegressions,
  type LogisticRegression,
  type LogisticRegressionOptions,
  type LogisticRegressionsOptions,
  logisticScores,
  type OwnFit,
} from './probes/logistic-regression.js';
export { fitMlpProbe, type MlpProbe, type MlpProbeOptions, mlpScores } from './probes/mlp-probe.js';
export type { MlpParameters } from './probes/mlp-step.js';
export {
  fitNearestNeighbours,
  type NearestNeighbours,
  type NearestNeighboursOptions,
  neighbourScores,
} from './probes/nearest-neighbours.js';
export { type LabelledSides, oneSidedClasses } from './probes/one-sided-classes.js';
export { type FeatureScale, measureScale, standardise } from './probes/standardise.js';
export { stratifiedGroupedFolds } from './probes/stratified-grouped-folds.js';
export { createRandom, type Random } from './random.js';
export { type ModelPart, recomputed } from './recomputed.js';
export { decodeSafetensors, encodeSafetensors, safetensorsHeader } from './safetensors.js';
export { refuseSkippedFiles, type SkippedFile, skippedInWords } from './skipped-file.js';
export { someOf } from './some-of.js';
export {
  type BootstrapOptions,
  bootstrapInterval,
  type ClusterTally,
  type PairedDifference,
  type PairedTally,
  pairedBootstrap,
  shareRight,
  tallyClusters,
  tallyPairs,
} from './statistics/bootstrap.js';
export { type MeanAndDeviation, meanAndDeviation } from './statistics/mean-and-deviation.js';
export {
  accuracy,
  type ConfusionMatrix,
  classesOf,
  confusionMatrix,
  macroAverage,
  recallPerClass,
  topKAccuracy,
} from './statistics/metrics.js';
export { type BatchMaker, type BatchSource, batchOf, type DamagedInput, type MadeBatch } from './training/batches.js';
export { type Course, type CourseOptions, nextTurn, openCourse, requireCourse } from './training/course.js';
export type { BatchTensors, Domain, DomainLayout, DomainTable, TensorTree } from './training/domain.js';
export { type EvaluateOptions, type Evaluation, evaluate, evaluateBatches } from './training/evaluate.js';
export {
  candidatesInput,
  domainLoss,
  initialiseModel,
  stepInputs,
  untrainedModel,
  withoutPredictors,
} from './training/loss.js';
export { createLossStep, type LossStep, type LossStepOptions } from './training/loss-step.js';
export { NotFiniteError } from './training/require-finite.js';
export { restoredState } from './training/starting-point.js';
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
