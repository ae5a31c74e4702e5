/**
 * ONNX Runtime's own telemetry, which is off wherever this library loads it.
 *
 * onnxruntime-node 1.30 reports its use to Microsoft on Linux: it reads `/etc/machine-id`, keeps an identifier and a queue in
 * `~/.cache/Microsoft` and resolves `mobile.events.data.microsoft.com`. It asks the environment once, when its binary is loaded. That is
 * the environment of the process, which `process.env` changes in the main thread alone: in a worker thread it is a copy.
 */
import { isMainThread } from 'node:worker_threads';
import { CompileError } from '../errors.js';

const variable = 'ORT_DISABLE_TELEMETRY';

/** Turns telemetry off for this process; in a worker thread, where that is not possible, it does nothing. */
export function disableTelemetry(): void {
  if (isMainThread) process.env[variable] = '1';
}

/**
 * Turns telemetry off, or makes sure that it is off.
 *
 * @throws {CompileError} in a worker thread of a process whose main thread has not turned it off.
 */
export function requireNoTelemetry(): void {
  disableTelemetry();
  if (process.env[variable] === '1') return;
  throw new CompileError(
    `nodeRuntime: expected ${variable} to be 1 in the main thread before this worker thread was started, received ` +
      `${process.env[variable] ?? 'none'}. ONNX Runtime would send telemetry, and a worker thread cannot turn that off. ` +
      `Call disableTelemetry() of @cpc/compile/node in the main thread, or start Node with ${variable}=1.`,
  );
}
