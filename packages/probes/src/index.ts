export { type LbfgsOptions, type LbfgsResult, minimise } from './classifiers/lbfgs.js';
export {
  type LogisticClassifierOptions,
  logisticClassifier,
  type ScaledRegression,
} from './classifiers/logistic-classifier.js';
export {
  fitLogisticRegression,
  fitLogisticRegressions,
  type LogisticRegression,
  type LogisticRegressionOptions,
  type LogisticRegressionsOptions,
  logisticScores,
  type OwnFit,
} from './classifiers/logistic-regression.js';
export { fitMlpProbe, type MlpProbe, type MlpProbeOptions, mlpScores } from './classifiers/mlp-probe.js';
export type { MlpParameters } from './classifiers/mlp-step.js';
export {
  fitNearestNeighbours,
  type NearestNeighbours,
  type NearestNeighboursOptions,
  neighbourScores,
} from './classifiers/nearest-neighbours.js';
export { type FeatureScale, measureScale, standardise } from './classifiers/standardise.js';
export { gatherRows, type LabelledExamples } from './examples/examples.js';
export { gatherLabels } from './examples/gather-labels.js';
export { type LabelledSides, oneSidedClasses } from './examples/one-sided-classes.js';
export {
  type Classifier,
  chooseSetting,
  type NestedCrossValidation,
  type NestedCrossValidationOptions,
  nestedCrossValidation,
  type OuterFold,
  type Selection,
  type SelectionOptions,
} from './folds/cross-validation.js';
export { type Fold, groupedFolds, stratifiedFolds } from './folds/folds.js';
export { holdOutGroups } from './folds/held-out.js';
export { stratifiedGroupedFolds } from './folds/stratified-grouped-folds.js';
export { requireKnown } from './scoring/require-known.js';
export {
  type FoldPredictions,
  leadOf,
  type ProbeFigures,
  type ScoreOptions,
  scorePredictions,
} from './scoring/score-predictions.js';
export { createScoreboard, type Origin, type Scoreboard } from './scoring/scoreboard.js';
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
export {
  accuracy,
  type ConfusionMatrix,
  classesOf,
  confusionMatrix,
  macroAverage,
  recallPerClass,
  topKAccuracy,
} from './statistics/metrics.js';
export {
  type BestRound,
  type RoundLimits,
  type Rounds,
  type RoundUpdate,
  trainRounds,
} from './supervised/train-rounds.js';
