export { CompileError } from './compile-error.js';
export { entryAt } from './entry-at.js';
export { CpcArgumentError, CpcError, type ErrorParts } from './errors.js';
export { firstAbove } from './first-above.js';
export { createRandom, type Random } from './random.js';
export { RecordError } from './record-error.js';
export { refuseSkippedFiles, type SkippedFile, skippedInWords } from './skipped-file.js';
export { someOf } from './some-of.js';
export { UsageError } from './usage-error.js';
