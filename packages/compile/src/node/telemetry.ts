/** Refuses to load ONNX Runtime while its telemetry is on. */
import { isMainThread } from 'node:worker_threads';
import { CompileError } from '@cpc/base';
import { disableTelemetry, telemetryVariable as variable } from '@cpc/base/node';

/**
 * Turns telemetry off, or makes sure that it is off.
 *
 * @throws {CompileError} in a worker thread of a process whose main thread has not turned it off.
 */
export function requireNoTelemetry(): void {
  disableTelemetry();
  const value = valueOfProcess();
  if (value === '1') return;
  throw new CompileError(
    `nodeRuntime: expected ${variable} to be 1 in the environment of the process, received ${value ?? 'none'}. ` +
      'ONNX Runtime would send telemetry, and a worker thread cannot turn that off: what it writes to process.env stays in the thread. ' +
      `Call disableTelemetry() of @cpc/compile/node in the main thread, or start Node with ${variable}=1.`,
  );
}

/** Of the process itself. Node's report reads it; where there is no report, or one without it, a thread's copy has to do. */
function valueOfProcess(): string | undefined {
  if (isMainThread) return process.env[variable];
  return (environmentInReport() ?? process.env)[variable];
}

function environmentInReport(): Readonly<Record<string, string | undefined>> | undefined {
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean | undefined } = process.report;
  if (typeof report?.getReport !== 'function') return undefined;
  const { excludeNetwork } = report;
  report.excludeNetwork = true; // else it looks up the names of addresses
  const read: { readonly environmentVariables?: Readonly<Record<string, string | undefined>> } = report.getReport();
  report.excludeNetwork = excludeNetwork;
  return read.environmentVariables;
}
