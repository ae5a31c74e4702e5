/**
 * @cpc/records: the schemas and types that programs share about a run. No TensorFlow, no runtime, no files.
 */

export { RecordError } from '@cpc/base';
export {
  type AblationRecord,
  ablationRecordSchema,
  ablationRecordVersion,
  formatAblationRecord,
  parseAblationRecord,
} from './ablation-record.js';
export {
  type AgentAverages,
  type AgentMeasurements,
  agentMeasurementsSchema,
  averageAgentUpdates,
} from './agent-measurements.js';
export { averageSteps, finalSteps, type StepAverages } from './average-steps.js';
export { type EngineSummary, engineSummarySchema } from './engine-summary.js';
export { type EvaluationResult, evaluationResultSchema } from './evaluation-result.js';
export { parseTrainingEvent, type TrainingEvent, type TrainingEventOf, trainingEventSchema } from './events.js';
export { createInputWait, type InputWait, warmUpSteps } from './input-wait.js';
export {
  createMetricsParser,
  formatMetricsLine,
  type MetricsLine,
  metricsLineOf,
  metricsLineSchema,
  parseMetrics,
  parseMetricsLine,
} from './metrics.js';
export {
  formatPredictionRecord,
  type PredictionRecord,
  parsePredictionRecord,
  predictionRecordSchema,
  predictionRecordVersion,
} from './prediction-record.js';
export {
  type ConfidenceInterval,
  confidenceIntervalSchema,
  type ProbeResult,
  probeResultSchema,
  trainedLeadSchema,
} from './probe-result.js';
export {
  type DataSummary,
  dataSummarySchema,
  type Figure,
  figureSchema,
  formatRunRecord,
  type Machine,
  machineSchema,
  parseRunRecord,
  type ResolvedSetting,
  type RunRecord,
  resolvedSettingSchema,
  runRecordSchema,
  runRecordVersion,
  type SettingSource,
  type Sitting,
  settingSourceSchema,
  sittingSchema,
} from './run-record.js';
export { offsetsOf, type StepMeasurements, stepMeasurementsSchema } from './step-measurements.js';
