/** The benchmarks of pictures; `benchmarks/` finds and runs them. */
import { trainingStep } from './training-step.js';

export const cases = [trainingStep];
