/** Python's onnx and onnxruntime as witnesses for exported files, where they are installed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NamedHostTensors } from '../host-tensor.js';

/** A file and what to run it on. */
export interface PythonCase {
  readonly model: Uint8Array;
  readonly runs: readonly NamedHostTensors[];
}

const script = fileURLToPath(new URL('../export/fixtures/check_models.py', import.meta.url));

/** Why Python can't be asked; undefined if it can. */
export function pythonMissing(): string | undefined {
  const { status } = spawnSync('python3', ['-c', 'import onnx, onnxruntime']);
  return status === 0 ? undefined : 'python3 with onnx and onnxruntime is not installed';
}

/** Checks the files with `onnx.checker` (full check), runs them with Python's onnxruntime and returns the outputs. */
export function checkedAndRunInPython(cases: readonly PythonCase[]): NamedHostTensors[][] {
  const folder = mkdtempSync(join(tmpdir(), 'onnx-check-'));
  try {
    const input = cases.map(({ model, runs }, index) => {
      const path = join(folder, `${index}.onnx`);
      writeFileSync(path, model);
      return { model: path, runs: runs.map(asLists) };
    });
    const { status, stdout, stderr } = spawnSync('python3', [script], {
      input: JSON.stringify(input),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) throw new Error(`python3 refused the files: ${stderr}`);
    const results: Record<string, { shape: number[]; data: number[] }>[][] = JSON.parse(stdout);
    return results.map((runs) => runs.map((outputs) => asTensors(outputs)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function asLists(feeds: NamedHostTensors) {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, data }]) => [name, { shape, data: Array.from(data) }]),
  );
}

function asTensors(outputs: Readonly<Record<string, { shape: number[]; data: number[] }>>): NamedHostTensors {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]),
  );
}
