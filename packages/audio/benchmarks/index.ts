/** The benchmarks of speech; `benchmarks/` finds and runs them. */
import { encodeRecordings } from './encode-recordings.js';
import { engineAgreement } from './engine-agreement.js';
import { trainingStep } from './training-step.js';

export const cases = [trainingStep, encodeRecordings, engineAgreement];
