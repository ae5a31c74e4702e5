import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ensureBuilt } from '@cpc/testing';
import { beforeAll, expect, it } from 'vitest';

const entry = JSON.stringify(fileURLToPath(new URL('../../dist/node/index.js', import.meta.url)));
beforeAll(() => ensureBuilt('@cpc/compile'), 300_000);

/** What a program prints in an environment that says nothing of telemetry. */
async function printed(program: string): Promise<string> {
  const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { env });
  return stdout.trim();
}

it('is off in the environment of the process once nodeRuntime is called: a child of it inherits 1', async () => {
  const program = `
    import { execFileSync } from 'node:child_process';
    const { nodeRuntime } = await import(${entry});
    await nodeRuntime({ threads: 1 });
    console.log(execFileSync('sh', ['-c', 'echo $ORT_DISABLE_TELEMETRY'], { encoding: 'utf8' }));`;
  expect(await printed(program)).toBe('1');
});

const inWorker = (before: string, first = '') => `
  import { Worker } from 'node:worker_threads';
  const compile = await import(${entry});
  ${before}
  const source = \`${first};import(${entry}).then(({ nodeRuntime }) => nodeRuntime({ threads: 1 })).then(() => 'loaded', ({ message }) => message)
    .then(async (text) => (await import('node:worker_threads')).parentPort.postMessage(text))\`;
  new Worker(source, { eval: true }).on('message', (text) => console.log(text));`;

it('that nobody turned off is refused in a worker thread, with 2 ways to turn it off', async () => {
  expect(await printed(inWorker(''))).toMatch(/ORT_DISABLE_TELEMETRY to be 1.*disableTelemetry\(\).*=1/);
});

it('that the main thread turned off before leaves a worker thread to load the runtime', async () => {
  expect(await printed(inWorker('compile.disableTelemetry();'))).toBe('loaded');
});

it("that a worker thread turned off in its own copy of the environment is refused, since the process's has none", async () => {
  const copied = "process.env.ORT_DISABLE_TELEMETRY = '1'";
  expect(await printed(inWorker('', copied))).toMatch(/environment of the process, received none/);
});

it('that the main thread turned off is off for a worker thread whose own environment lacks it', async () => {
  const taken = 'delete process.env.ORT_DISABLE_TELEMETRY';
  expect(await printed(inWorker('compile.disableTelemetry();', taken))).toBe('loaded');
});
