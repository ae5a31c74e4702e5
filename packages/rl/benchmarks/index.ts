/** The benchmarks of reinforcement learning; `benchmarks/` finds and runs them. */
import { worldFrames } from './world-frames.js';

export const cases = [...worldFrames];
