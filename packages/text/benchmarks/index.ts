/** The benchmarks of text; `benchmarks/` finds and runs them. */
import { encodeSentences } from './encode-sentences.js';
import { trainingStep } from './training-step.js';
import { vocabularySize } from './vocabulary-size.js';

export const cases = [trainingStep, encodeSentences, vocabularySize];
