/** What a command is, and builders for those that domains share. Loads neither TensorFlow.js nor a runtime. */
export {
  type CommandContext,
  type Comparison,
  type Control,
  commandNamed,
  type DomainCommand,
  type DomainCommands,
  defineTask,
  defineTraining,
  type Outcome,
  type Report,
  type SettingOverrides,
  type TaskCommand,
  type TaskEvent,
  type TrainingCommand,
  type TrainingFolder,
  type WorkEvent,
} from './command.js';
export { engineOptions, engineRequestOf } from './engine-options.js';
export { existingPath, folderPath } from './existing-path.js';
export { type EmbedDescription, type ExportDescription, embedCommand, exportCommand } from './file-commands.js';
export {
  type CommandOption,
  type CommandOptions,
  flag,
  flagOf,
  type GivenOf,
  negation,
  optional,
  repeated,
  required,
  withDefault,
} from './option.js';
export { type ProbeDescription, probeCommand } from './probe-command.js';
export { commandReference } from './reference.js';
export type { EmbedRequest, ExportRequest, ProbeRequest, SearchRequest, TrainRequest } from './requests.js';
export { requireOutput } from './require-output.js';
export { outputOptions, runOptions, seedOptions, strictOptions } from './run-options.js';
export { type SearchDescription, searchCommand } from './search-command.js';
export { readOverrides } from './setting-overrides.js';
export { builtInData, dataOf, dataOptions, type EnvironmentNames, environmentOptions } from './source-options.js';
export { duration, grouped, percent, shellCommand, short, table } from './text.js';
export {
  defaultPreset,
  requireSettings,
  settingsOptions,
  type TrainingDescription,
  timestamp,
  trainCommand,
} from './train-command.js';
export {
  type Assignment,
  assignment,
  atLeastOne,
  choice,
  fileEndingIn,
  indices,
  namesOutOf,
  path,
  positiveNumber,
  type Representation,
  representation,
  representations,
  seed,
  shares,
  text,
  wholeNumber,
} from './values.js';
export { visible, visibleJson, visibleLine } from './visible.js';
