/** The benchmarks of pictures; `benchmarks/` finds and runs them. */
import { encodeImages } from './encode-images.js';
import { trainingStep } from './training-step.js';

export const cases = [trainingStep, encodeImages];
