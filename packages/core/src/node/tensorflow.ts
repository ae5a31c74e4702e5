/** Loads tfjs-node-gpu or tfjs-node, whichever is installed: optional peers that bring libtensorflow. */
import { createRequire } from 'node:module';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs';

export const tensorflowPackages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

export type TensorflowSearch =
  | { readonly loaded: true; readonly name: string; readonly version: string; readonly usesGpu: boolean }
  | { readonly loaded: false; readonly reasons: readonly { readonly name: string; readonly reason: string }[] };

let search: Promise<TensorflowSearch> | undefined;

/** The first of the packages that loads; the outcome is kept, since a native library loads once per process. */
export function loadTensorflow(): Promise<TensorflowSearch> {
  search ??= searchTensorflow((name) => import(name));
  return search;
}

/** @param load - imports a package, which registers its backend `tensorflow`; throws if it is not there or does not start. */
export async function searchTensorflow(load: (name: string) => Promise<unknown>): Promise<TensorflowSearch> {
  restoreRemovedUtilities();
  const reasons: { name: string; reason: string }[] = [];
  for (const name of tensorflowPackages) {
    try {
      await load(name);
      if (!(await tf.setBackend('tensorflow'))) throw new Error('its backend does not start');
      return { loaded: true, name, version: versionOf(name), usesGpu: usesGpu() };
    } catch (error) {
      reasons.push({ name, reason: firstLine(error) });
    }
  }
  return { loaded: false, reasons };
}

/** tfjs-node 4.22 calls two functions that Node 23 removed. */
function restoreRemovedUtilities(): void {
  const removed = { isNullOrUndefined: (value: unknown) => value == null, isArray: Array.isArray };
  for (const [name, replacement] of Object.entries(removed)) {
    if (!(name in util)) Object.defineProperty(util, name, { value: replacement });
  }
}

function usesGpu(): boolean {
  const backend: object = tf.backend();
  return 'isUsingGpuDevice' in backend && backend.isUsingGpuDevice === true;
}

function versionOf(name: string): string {
  const found = manifestOf(name);
  return typeof found === 'object' && found !== null && 'version' in found
    ? String(found.version)
    : 'of unknown version';
}

function manifestOf(name: string): unknown {
  try {
    return createRequire(import.meta.url)(`${name}/package.json`);
  } catch {
    return undefined;
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? message;
}
