export { domainCommands } from './commands.js';
export { type FolderImageSet, type FolderSetOptions, openImageFolder } from './data/image-folder.js';
export { loadVisionModel, type VisionModelFile } from './model-file.js';
