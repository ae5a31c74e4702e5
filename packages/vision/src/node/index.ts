export { domainCommands } from './commands.js';
export { loadVisionModel, type VisionModelFile } from './model-file.js';
