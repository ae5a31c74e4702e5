export type {
  BenchmarkCase,
  CaseInput,
  CaseOptions,
  CaseTools,
  CheckedOn,
  Contestant,
  Encoding,
  Outcome,
  OwnSide,
  Skipped,
  StepInput,
  TimedStep,
} from './benchmark-case.js';
export { ensureBuilt } from './built.js';
export { largestRelativeDifference } from './compare.js';
export { type DescribeDomainOptions, describeDomain } from './describe-domain.js';
export { describeLayer, type LayerCase, type LayerNumbers } from './describe-layer.js';
export { type DescribeSettingsOptions, describeSettings } from './describe-settings.js';
export { itChecksModels, withoutChecksum } from './model-checksum.js';
export { mutate } from './mutations.js';
export { stoppedAfter } from './stopped-after.js';
export { createToyDomain } from './toy-domain.js';
