export { type Answer, answerRequests, exportedFunction } from './request-answers.js';
export { type RequestThread, type RequestThreadOptions, startRequestThread } from './request-thread.js';
export { reasonOf } from './system-error-words.js';
export { describedSystemError, isSystemError, namingFile, type SystemError, systemErrorIn } from './system-errors.js';
export { disableTelemetry, telemetryVariable } from './telemetry.js';
export { threadArguments } from './thread-arguments.js';
export { describeError, type WorkerError } from './worker-errors.js';
export { WorkerJobError } from './worker-job-error.js';
