/** Runs that an earlier version wrote: they can be used and gone on with, and training them again gives the same numbers. */
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createRandom } from '@cpc/base';
import { type LoadedOnnx, loadOnnx } from '@cpc/compile';
import { nodeRuntime } from '@cpc/compile/node';
import { decodeSafetensors, readMetrics, readRunRecord, runPaths } from '@cpc/runs';
import { ensureBuilt } from '@cpc/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finished, run } from './test-support/run-command.js';

const fixtures = join(import.meta.dirname, 'fixtures', 'earlier-runs');
const domains = ['audio', 'text', 'vision', 'rl'] as const;
type Name = (typeof domains)[number];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-earlier-'));
  await ensureBuilt('@cpc/cli');
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

const fixture = (name: Name) => join(fixtures, name);

/** The command that trained the fixture, with other arguments at its end. */
async function train(name: Name, out: string, ...more: string[]): Promise<Finished> {
  const { command } = await readRunRecord(fixture(name));
  const [, ...typed] = command.split(' ');
  const ending = typed.indexOf('--out');
  return run([...typed.slice(0, ending), '--out', out, ...more], { cwd: folder });
}

async function lossesOf(path: string): Promise<number[]> {
  return (await readMetrics(path)).map(({ lossNats }) => lossNats);
}

/** The largest difference between two lists, as a part of the largest number of the first. */
function relativeDifference(before: ArrayLike<number>, now: ArrayLike<number>): number {
  expect(now.length).toBe(before.length);
  let [difference, scale] = [0, 0];
  for (let index = 0; index < before.length; index++) {
    difference = Math.max(difference, Math.abs(Number(before[index]) - Number(now[index])));
    scale = Math.max(scale, Math.abs(Number(before[index])));
  }
  return difference / Math.max(scale, Number.MIN_VALUE);
}

describe.each(domains)('%s', (name) => {
  it('trains again to the same 20 losses, to 1e-4 where the processor is another one', async () => {
    const out = join(folder, `${name}-again`);
    expect(await train(name, out)).toMatchObject({ code: 0 });
    const losses = await lossesOf(fixture(name));
    expect(losses).toHaveLength(20);
    expect(relativeDifference(losses, await lossesOf(out))).toBeLessThan(1e-4);
  }, 240_000);

  it('goes on with the run of before for 2 updates', async () => {
    const out = join(folder, `${name}-resumed`);
    await cp(fixture(name), out, { recursive: true });
    expect(await train(name, out, '--resume', '--steps', '22')).toMatchObject({ code: 0 });
    expect(await lossesOf(out)).toHaveLength(22);
    expect((await lossesOf(out)).slice(0, 20)).toEqual(await lossesOf(fixture(name)));
  }, 240_000);

  it('ends the run of before with the same parameters and files that compute the same, to 1e-6', async () => {
    const out = join(folder, `${name}-ended`);
    const { checkpoints, record, metrics } = runPaths(fixture(name));
    await mkdir(out);
    for (const path of [checkpoints, record, metrics]) await cp(path, join(out, basename(path)), { recursive: true });
    expect(await train(name, out, '--resume')).toMatchObject({ code: 0 });
    expect(await tensorsOf(out)).toEqual(await tensorsOf(fixture(name)));
    for (const file of name === 'rl' ? ['encoder', 'agent'] : ['encoder', 'context'])
      expect(await differenceOfFiles(join(fixture(name), `${file}.onnx`), join(out, `${file}.onnx`))).toBeLessThan(
        1e-6,
      );
  }, 240_000);

  it('exports the model of before, with a warning that it has no checksum', async () => {
    const out = join(folder, `${name}.onnx`);
    const exported = await run([name, 'export', '--run', fixture(name), '--out', out], { cwd: folder });
    expect(exported).toMatchObject({ code: 0, stderr: expect.stringMatching(/checksum/) });
  }, 240_000);
});

async function tensorsOf(path: string) {
  const { model } = runPaths(path);
  return decodeSafetensors(await readFile(model), model).tensors;
}

/** What two files make of the same random inputs. */
async function differenceOfFiles(...paths: readonly [before: string, now: string]): Promise<number> {
  const runtime = await nodeRuntime({ threads: 1 });
  const [before, now] = await Promise.all(paths.map(async (path) => loadOnnx(await readFile(path), { runtime })));
  if (before === undefined || now === undefined) throw new Error('two files are compared');
  const inputs = randomInputs(before);
  const [expected, received] = [await before.run(inputs), await now.run(inputs)];
  await Promise.all([before.dispose(), now.dispose()]);
  expect(Object.keys(received).sort()).toEqual(Object.keys(expected).sort());
  const differences = Object.entries(expected).map(([output, { data }]) =>
    relativeDifference(data, received[output]?.data ?? []),
  );
  return Math.max(...differences);
}

/** Open axes are 2 long, those of waveforms 1,600; waveforms have mean 0 and deviation 1, so that scaling them changes nothing. */
function randomInputs({ description }: LoadedOnnx) {
  const inputs = Object.entries(description.inputs).map(([name, { shape, dtype }]) => {
    const lengths = shape.map((length) => (typeof length === 'number' ? length : length === 'samples' ? 1600 : 2));
    const size = lengths.reduce((product, length) => product * length, 1);
    const random = createRandom(1).fold(name);
    const floats = Float32Array.from({ length: size }, (_, index) =>
      name === 'waveform' ? Math.SQRT2 * Math.sin((2 * Math.PI * index) / 16) : random.uniform(),
    );
    const data = dtype === 'int32' ? Int32Array.from({ length: size }, () => random.integer(3)) : floats;
    return [name, { shape: lengths, data }] as const;
  });
  return Object.fromEntries(inputs);
}
