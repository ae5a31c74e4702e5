import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { compile } from '../compile.js';
import { nodeRuntime } from './index.js';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'profile-test-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Compiles and runs y = tanh(x) once and disposes of it. */
async function runOnce(profile?: string): Promise<void> {
  const runtime = await nodeRuntime({ threads: 1, ...(profile === undefined ? {} : { profile }) });
  const fn = await compile(
    ({ x }) => ({ y: tf.tanh(x as tf.Tensor) }),
    { x: { shape: [2], dtype: 'float32' } },
    { runtime },
  );
  await fn.run({ x: { shape: [2], data: Float32Array.of(0, 1) } });
  await fn.dispose();
}

it('writes 1 file per session, which holds 1 run of 1 Tanh', async () => {
  await runOnce(join(folder, 'tanh'));
  const [file = '', ...others] = readdirSync(folder);
  expect(file).toMatch(/^tanh-1_.*\.json$/);
  expect(others).toEqual([]);
  const events: { name: string }[] = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  expect(events.filter(({ name }) => name === 'model_run')).toHaveLength(1);
  expect(events.filter(({ name }) => /^.*Tanh.*_kernel_time$/.test(name))).toHaveLength(1);
});

it('writes 0 files unless asked to', async () => {
  await runOnce();
  expect(readdirSync(folder)).toEqual([]);
});
