/**
 * ONNX Runtime's own telemetry, which is off wherever this library loads it.
 *
 * onnxruntime-node 1.30 reports its use to Microsoft on Linux: it reads `/etc/machine-id`, keeps an identifier and a queue in
 * `~/.cache/Microsoft` and resolves `mobile.events.data.microsoft.com`. It asks the environment once, when its binary is loaded. That is
 * the environment of the process, which `process.env` changes in the main thread alone: in a worker thread it is a copy. So whoever
 * starts a thread turns telemetry off first, whether or not the thread is to load the runtime.
 */
import { isMainThread } from 'node:worker_threads';

/** The environment variable that turns telemetry off when it is 1. */
export const telemetryVariable = 'ORT_DISABLE_TELEMETRY';

/** Turns telemetry off for this process; in a worker thread, where that is not possible, it does nothing. */
export function disableTelemetry(): void {
  if (isMainThread) process.env[telemetryVariable] = '1';
}
