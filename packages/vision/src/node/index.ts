export { domainCommands, exportVision } from './commands.js';
export { type FolderImageSet, type FolderSetOptions, openImageFolder } from './data/image-folder.js';
export { embedVision } from './embed.js';
export { loadVisionModel, type VisionModelFile } from './model-file.js';
export { visionNeighbours } from './neighbours.js';
export { type PatchesRequest, visionPatches } from './patches.js';
export { probeVision } from './probing/probe.js';
export { trainVision } from './train.js';
