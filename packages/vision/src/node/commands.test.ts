import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadOnnx } from '@cpc/compile';
import { nodeRuntime } from '@cpc/compile/node';
import { flatten } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import type { ProbeResult } from '@cpc/records';
import { decodeSafetensors, encodeSafetensors, readRunRecord, runPaths, type TrainRequest } from '@cpc/runs';
import { itChecksModels, withoutChecksum } from '@cpc/testing';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImageEncoder, encodeImages, pooledFeatures } from '../features.js';
import { exportVision } from './commands.js';
import { embedVision } from './embed.js';
import { loadVisionModel, visionModels } from './model-file.js';
import { visionNeighbours } from './neighbours.js';
import { openImages } from './open-images.js';
import { visionPatches } from './patches.js';
import { probeVision } from './probing/probe.js';
import type { ImageProbeRequest } from './probing/probe-request.js';
import { trainVision } from './train.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-vision-commands-'));
  await events(trainVision(trainRequest('run'), always));
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

const engine = { name: 'onnx', threads: 2 } as const;
const set = (value: number | string) => ({ value, source: 'set' }) as const;
const always = { stopRequested: () => false };

/** 5 x 5 patches of 8 x 8 pixels, and 32 latent features: what learns within a minute. */
const overrides = {
  ...{ resizePixels: set(28), patchPixels: set(8), patchStride: set(4), gridSize: set(5), lastOffset: set(4) },
  ...{ subcropPixels: set(7), depth: set(18), width: set(8), contextUnits: set(24), contextBlocks: set(2) },
  ...{ batchSize: set(16), negativeCount: set(200), learningRate: set(3e-3), latentScale: set(1) },
};

function trainRequest(out: string, change: Partial<TrainRequest> = {}): TrainRequest {
  return {
    ...{ data: 'builtin', preset: 'small', steps: 300, seed: 1, engine, resume: false, strict: false, command: 'test' },
    overrides,
    out: join(folder, out),
    ...change,
  };
}

function probeRequest(change: Partial<ImageProbeRequest> = {}): ImageProbeRequest {
  const asked = { data: 'builtin', task: 'class', baselines: [], seed: 1, engine, strict: false };
  return { run: join(folder, 'run'), ...asked, ...change };
}

async function events<Event>(generator: AsyncGenerator<Event>): Promise<Event[]> {
  const seen: Event[] = [];
  for await (const event of generator) seen.push(event);
  return seen;
}

async function probe(change: Partial<ImageProbeRequest> = {}): Promise<ProbeResult[]> {
  const seen = await events(probeVision(probeRequest(change), always));
  return seen.flatMap((event) => (event.type === 'probe-end' ? [event.result] : []));
}

/** Pictures of two classes: red ones and blue ones. */
async function colouredFolder(name: string, perClass: number): Promise<string> {
  const path = join(folder, name);
  for (const [colour, background] of Object.entries({
    red: { r: 200, g: 40, b: 40 },
    blue: { r: 40, g: 40, b: 200 },
  })) {
    await mkdir(join(path, colour), { recursive: true });
    for (let index = 0; index < perClass; index++) {
      const shade = { ...background, g: background.g + 3 * index };
      const image = sharp({ create: { width: 40, height: 32, channels: 3, background: shade } });
      await image.png().toFile(join(path, colour, `${String(index).padStart(2, '0')}.png`));
    }
  }
  return path;
}

describe('vision train', () => {
  it('leaves a record of 1000 scenes with 500 held out, a model, and two ONNX files', async () => {
    const { data, status, totals } = await readRunRecord(join(folder, 'run'));
    expect([status, totals.steps]).toEqual(['completed', 300]);
    expect(data.counts).toEqual({ images: 1000, heldOut: 500, classes: 8 });
    const { settings, parameters, seed } = await loadVisionModel(join(folder, 'run'));
    expect([settings.width, settings.gridSize, seed]).toEqual([8, 5, 1]);
    expect(flatten(parameters)['encoder/stem/kernel']?.shape).toEqual([3, 3, 3, 8]);
    for (const file of [runPaths(join(folder, 'run')).encoder, runPaths(join(folder, 'run')).context])
      expect((await readFile(file)).length).toBeGreaterThan(1000);
  });

  it('trains on a folder, goes on where it stopped, and ends with the same bytes as in one go', async () => {
    const data = await colouredFolder('pictures', 10);
    const few = { ...overrides, batchSize: set(4), negativeCount: set(50) };
    const request = { data, steps: 4, overrides: few };
    await events(trainVision(trainRequest('whole', request), always));
    await events(trainVision(trainRequest('halves', { ...request, steps: 2 }), always));
    await events(trainVision(trainRequest('halves', { ...request, resume: true }), always));
    const [whole, halves] = await Promise.all(
      ['whole', 'halves'].map((run) => readFile(runPaths(join(folder, run)).model)),
    );
    expect(halves?.equals(whole ?? Buffer.of())).toBe(true);
  });

  it('names the picture that it left out and goes on; strict, it refuses it', async () => {
    const data = await colouredFolder('with-damage', 4);
    await writeFile(join(data, 'red', 'bad.jpg'), 'no picture');
    const few = { ...overrides, batchSize: set(8), negativeCount: set(50) };
    const seen = await events(trainVision(trainRequest('left-out', { data, steps: 4, overrides: few }), always));
    expect(seen).toContainEqual({
      type: 'input-damaged',
      path: 'red/bad.jpg',
      reason: expect.stringMatching(/JPEG, PNG/),
    });
    expect((await readRunRecord(join(folder, 'left-out'))).data.skipped).toHaveLength(1);
    const strict = trainRequest('strict', { data, steps: 4, overrides: few, strict: true });
    await expect(events(trainVision(strict, always))).rejects.toThrow(/red\/bad\.jpg: expected one whole/);
  });

  it('skips 2 of 8 pictures that are deleted or made a folder after the first warning, by name, and makes 4 steps', async () => {
    const data = await colouredFolder('lost', 4);
    await writeFile(join(data, 'red', 'anim.gif'), 'GIF89a'); // so that there is a warning, before anything is drawn
    const few = { ...overrides, batchSize: set(6), negativeCount: set(50) };
    const seen: { type: string; path?: string }[] = [];
    for await (const event of trainVision(trainRequest('of-lost', { data, steps: 4, overrides: few }), always)) {
      if (seen.length === 0) {
        for (const name of ['red/00.png', 'blue/03.png']) await rm(join(data, name));
        await mkdir(join(data, 'blue', '03.png'));
      }
      seen.push(event);
    }
    const damaged = seen.flatMap(({ type, path }) => (type === 'input-damaged' ? [path] : []));
    expect(damaged.sort()).toEqual(['blue/03.png', 'red/00.png']);
    const { status, data: recorded } = await readRunRecord(join(folder, 'of-lost'));
    expect([status, recorded.skipped.map(({ file }) => file).sort()]).toEqual([
      'completed',
      ['blue/03.png', 'red/00.png', 'red/anim.gif'],
    ]);
  });

  it('refuses neither steps nor minutes, and an unknown setting before any picture is read', async () => {
    const { steps: _, ...endless } = trainRequest('endless');
    await expect(events(trainVision(endless, always))).rejects.toThrow(/steps, epochs or minutes/);
    const wrong = trainRequest('wrong', { data: 'nowhere', overrides: { depth: set(19) } });
    await expect(events(trainVision(wrong, always))).rejects.toThrow(/depth: Invalid/);
  });
});

describe('vision probe', () => {
  it('tells 8 classes of scenes better than the same network untrained: a lead above 0', async () => {
    const results = await probe({ baselines: ['random', 'histograms'] });
    expect(results.map(({ baseline }) => baseline)).toEqual([undefined, 'random', 'histograms']);
    const [trained, ...others] = results;
    expect(trained).toMatchObject({
      ...{ task: 'class', representation: 'latent', classes: 8, split: 'the given split', pooled: true },
      ...{ counts: { train: 1000, test: 500 }, confidence: { over: 'images', clusters: 500 } },
    });
    expect(trained?.accuracy).toBeGreaterThan(0.33);
    expect(trained?.accuracyTop5).toBeGreaterThan(0.8);
    for (const { accuracy, trainedLead } of others)
      expect(trainedLead?.[0]?.difference).toBeCloseTo((trained?.accuracy ?? 0) - accuracy, 10);
    expect(others[0]?.trainedLead?.[0]?.confidence.low).toBeGreaterThan(0);
    expect((await readRunRecord(join(folder, 'run'))).probes).toHaveLength(3);
  }, 120_000);

  it('learns from 1 % and 100 % of the labels: 8 images of 1000 tell less', async () => {
    const [few, all] = await probe({ labelShares: [0.01, 1], representations: ['context'] });
    expect([few?.labelShare, few?.counts.train, all?.labelShare, all?.counts.train]).toEqual([0.01, 8, 1, 1000]);
    expect(few?.accuracy).toBeLessThan(all?.accuracy ?? 0);
    expect(few?.representation).toBe('context');
  }, 120_000);

  it('trains the same encoder by the labels of a folder: red and blue are told apart, a tenth decides when to stop', async () => {
    const data = await colouredFolder('coloured', 15);
    const [trained, supervised] = await probe({ data, baselines: ['supervised'] });
    expect(trained?.split).toContain('one image in 5 of every class held out');
    expect(supervised).toMatchObject({
      baseline: 'supervised',
      accuracy: 1,
      counts: { train: 21, validation: 3, test: 6 },
    });
    expect(supervised?.trainedLead).toHaveLength(1);
  }, 120_000);

  it('says that 6 of 6 classes with one picture each are learned and never asked about', async () => {
    const data = join(folder, 'one-each');
    for (const index of [0, 1, 2, 3, 4, 5]) {
      const image = sharp({
        create: { width: 32, height: 32, channels: 3, background: { r: 40 * index, g: 9, b: 9 } },
      });
      await mkdir(join(data, `c${index}`), { recursive: true });
      await image.png().toFile(join(data, `c${index}`, 'a.png'));
    }
    const seen = await events(probeVision(probeRequest({ data }), always));
    const warnings = seen.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(warnings.join()).toMatch(/of 6 classes .* no training example.*of 6 classes .* no test example/);
  });

  it('refuses a baseline, a classifier, and supervised with another classifier', async () => {
    await expect(probe({ baselines: ['mfcc'] })).rejects.toThrow(/pixels, histograms, supervised, received "mfcc"/);
    await expect(probe({ classifier: 'mlp' })).rejects.toThrow(/linear, sgd, neighbours, received "mlp"/);
    const asked = probe({ baselines: ['supervised'], classifier: 'sgd' });
    await expect(asked).rejects.toThrow(/no --classifier: a linear layer is trained with the network, received sgd/);
  });
});

describe('vision embed and export', () => {
  const embed = (out: string, data: string, change: { pooled: boolean }) =>
    events(
      embedVision({ run: join(folder, 'run'), data, out: join(folder, out), engine, strict: false, ...change }, always),
    );

  async function expected(data: string) {
    const model = await loadVisionModel(join(folder, 'run'));
    const { images } = await openImages(data, { side: model.settings.resizePixels, strict: false });
    const encoder = createImageEncoder({
      ...model,
      engine: await createEngine(engine),
    });
    const features = await encodeImages(encoder, images, [...images.images.keys()]);
    await encoder.dispose();
    return { features, images };
  }

  it('writes a row per image or patch to npy, safetensors and parquet, as the encoder gives them', async () => {
    const data = await colouredFolder('embedded', 2);
    const { features, images } = await expected(data);
    const written = await embed('pooled.npy', data, { pooled: true });
    expect(written.at(-2)).toMatchObject({ type: 'file-written', description: 'float32 [4, 32]' });
    const bytes = await readFile(join(folder, 'pooled.npy'));
    const values = new Float32Array(Uint8Array.from(bytes.subarray(bytes.length - 4 * 32 * 4)).buffer);
    const pooled = pooledFeatures(features.latents).data;
    for (const [at, value] of values.entries()) expect(value).toBeCloseTo(pooled[at] ?? Number.NaN, 5);
    expect(await readFile(join(folder, 'pooled.tsv'), 'utf8')).toMatch(/^image\tclass\nblue\/00\.png\tblue\n/);
    await embed('patches.safetensors', data, { pooled: false });
    const { tensors, metadata } = decodeSafetensors(await readFile(join(folder, 'patches.safetensors')), 'patches');
    expect(tensors.features?.shape).toEqual([4, 25, 32]);
    expect(JSON.parse(metadata.images ?? '')).toEqual(images.images.map(({ name }) => name));
    await embed('patches.parquet', data, { pooled: false });
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(folder, 'patches.parquet')) });
    expect(rows).toHaveLength(100);
    expect(rows[31]).toMatchObject({ image: 'blue/01.png', class: 'blue', row: 1, column: 1 });
    expect(rows[31]?.features).toHaveLength(32);
    const listed: number[] = rows[31]?.features ?? [];
    for (const [at, value] of listed.entries())
      expect(value).toBeCloseTo(features.latents.data[31 * 32 + at] ?? Number.NaN, 5);
  });

  it('writes columns image, class and features, no row and column, of pooled pictures to parquet', async () => {
    const out = join(folder, 'pooled.parquet');
    await embed('pooled.parquet', await colouredFolder('embedded-pooled', 1), { pooled: true });
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(out) });
    expect(rows.map((row) => Object.keys(row))).toEqual([1, 2].map(() => ['image', 'class', 'features']));
  });

  it('takes a single picture: 1 entry of its name', async () => {
    const data = await colouredFolder('embedded-single', 1);
    const seen = await embed('single.npy', join(data, 'red/00.png'), { pooled: true });
    expect(seen.at(-2)).toMatchObject({ description: 'float32 [1, 32]' });
    expect(await readFile(join(folder, 'single.tsv'), 'utf8')).toMatch(/^image\tclass\n00\.png\t[^\n]*\n$/);
  });

  it('leaves a damaged picture out by name, and writes no file of an unknown ending', async () => {
    const data = await colouredFolder('embedded-damage', 2);
    await writeFile(join(data, 'red', '00.png'), 'no picture');
    const seen = await embed('damage.npy', data, { pooled: true });
    expect(seen).toContainEqual({ type: 'warning', message: expect.stringContaining('skipped red/00.png: ') });
    expect(seen.at(-2)).toMatchObject({ description: 'float32 [3, 32]' });
    await expect(embed('a.csv', data, { pooled: true })).rejects.toThrow(
      /ending in \.npy or \.safetensors or \.parquet/,
    );
  });

  it('exports pictures to vectors, one of each, to a file that runs', async () => {
    const out = join(folder, 'images.onnx');
    await events(exportVision({ run: join(folder, 'run'), out }));
    const session = await loadOnnx(await readFile(out), { runtime: await nodeRuntime({ threads: 1 }) });
    const images = { shape: [2, 24, 24, 3], data: new Float32Array(2 * 24 * 24 * 3).fill(128) };
    const { vectors } = await session.run({ images });
    expect(vectors?.shape).toEqual([2, 32]);
    await session.dispose();
  });
});

describe('vision neighbours and patches', () => {
  it('finds pictures of the query’s colour, the most similar first, and shows them as PNG and HTML', async () => {
    const data = await colouredFolder('near', 6);
    for (const ending of ['png', 'html']) {
      const out = join(folder, `near.${ending}`);
      const request = { run: join(folder, 'run'), data, query: 'red/02.png', count: 3, out, engine, strict: false };
      const seen = await events(visionNeighbours(request, always));
      const found = seen.filter((event) => event.type === 'match-found');
      expect(found.map(({ label }) => label.split('/')[0])).toEqual(['red', 'red', 'red']);
      expect(found.map(({ label }) => label)).not.toContain('red/02.png');
      expect(found[0]?.similarity).toBeGreaterThanOrEqual(found[1]?.similarity ?? 2);
    }
    expect(await sharp(join(folder, 'near.png')).metadata()).toMatchObject({ width: 404, height: 104 }); // 4 pictures
    const html = await readFile(join(folder, 'near.html'), 'utf8');
    expect(html.match(/<img src="data:image\/png;base64,/g)).toHaveLength(4);
    expect(html).toContain('asked for: red/02.png');
  });

  it('takes a file that is none of the data as query, and refuses what is no picture', async () => {
    const data = await colouredFolder('near', 6);
    const other = join(folder, 'other.png');
    await sharp({ create: { width: 30, height: 30, channels: 3, background: '#2828c8' } })
      .png()
      .toFile(other);
    const ask = (query: string) =>
      events(visionNeighbours({ run: join(folder, 'run'), data, query, count: 1, engine, strict: false }, always));
    expect((await ask(other)).at(-1)).toMatchObject({ label: expect.stringMatching(/^blue/) });
    await expect(ask('99')).rejects.toThrow(/by its name, its number from 0 to 11, or a picture file, received "99"/);
  });

  it('shows 3 patches of each of 2 features of z, and refuses feature 32 of 32', async () => {
    const out = join(folder, 'patches.png');
    const request = {
      run: join(folder, 'run'),
      data: 'builtin',
      features: [0, 31],
      count: 3,
      out,
      engine,
      strict: false,
    };
    const run = (change = {}) => events(visionPatches({ ...request, ...change }, always));
    expect((await run()).at(-1)).toMatchObject({
      type: 'file-written',
      description: '3 patches of each of 2 features',
    });
    expect(await sharp(out).metadata()).toMatchObject({ width: 304, height: 204 });
    await expect(run({ features: [32] })).rejects.toThrow(/features from 0 to 31, as z has them, received 32/);
    await expect(run({ out: 'a.svg' })).rejects.toThrow(/ending in \.png or \.html, received a\.svg/);
  });
});

describe('decodeVisionModel', () => {
  it('refuses a kernel of another shape than its settings say, settings that are none, and a model of text', async () => {
    const bytes = await readFile(runPaths(join(folder, 'run')).model);
    const { tensors, metadata } = withoutChecksum(bytes, 'model');
    const changed = (change: Record<string, string>) => encodeSafetensors(tensors, { ...metadata, ...change });
    const wider = JSON.stringify({ ...JSON.parse(metadata.settings ?? '{}'), width: 9 });
    expect(() => visionModels.decode(changed({ settings: wider }), 'm')).toThrow(
      /m: expected encoder\/stem\/kernel of shape \[3, 3, 3, 9\], as its settings say, received \[3, 3, 3, 8\]/,
    );
    expect(() => visionModels.decode(changed({ settings: '{' }), 'm')).toThrow(/the settings of the model/);
    expect(() => visionModels.decode(changed({ domain: 'text' }), 'm')).toThrow(/a model of the domain vision/);
    await expect(loadVisionModel(join(folder, 'nothing'))).rejects.toThrow(/a finished or interrupted run/);
  });
});

itChecksModels(exportVision, () => {
  const run = join(folder, 'run');
  return { run, model: runPaths(run).model, out: join(folder, 'old.onnx') };
});
