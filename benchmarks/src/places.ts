/** Where things stand, seen from the built program `benchmarks/dist/main.js`. */
import { fileURLToPath } from 'node:url';

/** Absolute paths. */
export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));
export const resultsFolder = fileURLToPath(new URL('../results', import.meta.url));
/** Of cases without a pass of the compiler. */
export const passesFolder = fileURLToPath(new URL('../results/passes', import.meta.url));
export const casesFolder = fileURLToPath(new URL('./cases', import.meta.url));
export const documentPath = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
/** Runs of agents, with and without the contrastive task. */
export const agentsPath = fileURLToPath(new URL('../agents/rl.json', import.meta.url));
/** What twins in Python share. */
export const pythonFolder = fileURLToPath(new URL('../python', import.meta.url));
