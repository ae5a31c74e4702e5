export { domainCommands } from './commands.js';
export { type AgentModelFile, loadAgentModel, type TrainedIn } from './model-file.js';
