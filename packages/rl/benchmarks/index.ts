/** The benchmarks of reinforcement learning; `benchmarks/` finds and runs them. */
import { contrastiveCost } from './contrastive-cost.js';
import { trainingStep } from './training-step.js';
import { worldFrames } from './world-frames.js';

export const cases = [trainingStep, contrastiveCost, ...worldFrames];
