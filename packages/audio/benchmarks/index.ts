/** The benchmarks of speech; `benchmarks/` finds and runs them. */
import { engineAgreement } from './engine-agreement.js';
import { trainingStep } from './training-step.js';

export const cases = [trainingStep, engineAgreement];
