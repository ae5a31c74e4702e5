export { domainCommands, exportRl } from './commands.js';
export { type EvaluateRequest, evaluateRl } from './evaluate.js';
export { type AgentModelFile, loadAgentModel, type TrainedIn } from './model-file.js';
export { type SweepRequest, sweepRl } from './sweep.js';
export { trainRl } from './train.js';
