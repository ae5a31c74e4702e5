import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOnnx } from '@cpc/compile';
import { createEngine } from '@cpc/core/node';
import { observationSize } from '@cpc/environments';
import type { EvaluationResult } from '@cpc/records';
import { encodeSafetensors, readMetrics, readRunRecord, runPaths, type TrainRequest } from '@cpc/runs';
import { itChecksModels, stoppedAfter, withoutChecksum } from '@cpc/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActor } from '../agent/actor.js';
import { exportRl } from './commands.js';
import { type EvaluateRequest, evaluateRl } from './evaluate.js';
import { agentModels, loadAgentModel } from './model-file.js';
import { type SweepRequest, sweepRl } from './sweep.js';
import { trainRl } from './train.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-rl-commands-'));
  await events(trainRl(trainRequest('run'), always));
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

const engine = { name: 'onnx', threads: 1 } as const;
const always = { stopRequested: () => false };
const set = (value: number | boolean) => ({ value, source: 'set' }) as const;

/** An agent that learns to remember a cue: 16 copies of 21 steps. */
const overrides: TrainRequest['overrides'] = {
  unrollSteps: set(21),
  encoderUnits: set(32),
  contextUnits: set(32),
  predictionSteps: set(5),
  learningRate: set(2e-3),
  entropyCost: set(0.01),
};

function trainRequest(out: string, change: Partial<TrainRequest> = {}): TrainRequest {
  return {
    ...{
      data: 'delayed_cue',
      preset: 'small',
      steps: 300,
      seed: 1,
      engine,
      resume: false,
      strict: false,
      command: 'test',
    },
    ...{ overrides, out: join(folder, out) },
    ...change,
  };
}

async function events<Event>(generator: AsyncGenerator<Event>): Promise<Event[]> {
  const seen: Event[] = [];
  for await (const event of generator) seen.push(event);
  return seen;
}

async function evaluate(change: Partial<EvaluateRequest> = {}): Promise<EvaluationResult[]> {
  const asked = { episodes: 40, greedy: false, baselines: ['random', 'fixed'], workers: 0, seed: 5, engine };
  const seen = await events(evaluateRl({ run: join(folder, 'run'), ...asked, ...change }, always));
  return seen.flatMap((event) => (event.type === 'evaluation-end' ? [event.result] : []));
}

describe('rl train', () => {
  it('writes model, encoder.onnx, agent.onnx, 300 lines of metrics and a record with the return of the last episodes', async () => {
    const files = await readdir(join(folder, 'run'));
    expect(files).toEqual(expect.arrayContaining(['agent.onnx', 'encoder.onnx', 'model.safetensors', 'run.json']));
    const metrics = await readMetrics(join(folder, 'run'));
    expect(metrics).toHaveLength(300);
    expect(metrics.at(-1)?.agent?.frames).toBe(300 * 16 * 21);
    const { domain, status, figures, settings, dataFingerprint } = await readRunRecord(join(folder, 'run'));
    expect({ domain, status }).toEqual({ domain: 'rl', status: 'completed' });
    expect(figures.episodeReturn?.value).toBeGreaterThan(0.5);
    expect(figures['accuracy/k01']?.value).toBeGreaterThan(0);
    expect(settings.unrollSteps).toEqual({ value: 21, source: 'set' });
    expect(dataFingerprint).toContain('delayed_cue');
  });

  it('stopped after 3 of 6 updates and resumed writes the very model of a run left alone', async () => {
    const halted = await stoppedAfter(3, (control) => trainRl(trainRequest('halves', { steps: 6 }), control));
    expect(halted.at(-1)).toMatchObject({ type: 'run-end', step: 3, reason: 'interrupted' });
    await events(trainRl(trainRequest('halves', { steps: 6, resume: true }), always));
    await events(trainRl(trainRequest('whole', { steps: 6 }), always));
    const [one, other] = await Promise.all(
      ['halves', 'whole'].map((run) => readFile(runPaths(join(folder, run)).model)),
    );
    expect(one?.equals(other ?? Buffer.of())).toBe(true);
  });

  it('ends after 2 updates for 600 frames of 336 an update, and refuses epochs', async () => {
    const { steps: _, ...request } = trainRequest('frames', { frames: 600 });
    expect((await events(trainRl(request, always))).at(-1)).toMatchObject({ type: 'run-end', step: 2 });
    const epochs = events(trainRl({ ...request, epochs: 1, out: join(folder, 'epochs') }, always));
    await expect(epochs).rejects.toThrow(/environments have no end/);
  });

  it('refuses an environment that there is not, listing those there are', async () => {
    const run = events(trainRl(trainRequest('nowhere', { data: 'chess' }), always));
    await expect(run).rejects.toThrow(/cart_pole, delayed_cue.*received chess/s);
  });

  it('refuses to go on in another environment', async () => {
    const other = trainRequest('run', { data: 'cart_pole', resume: true, steps: 301 });
    await expect(events(trainRl(other, always))).rejects.toThrow(/received data cart_pole/);
  });
});

describe('rl evaluate', () => {
  it('tells the trained agent, the random policy and 3 fixed actions apart over 40 episodes each, and writes them into the record', async () => {
    const results = await evaluate();
    expect(results.map(({ policy }) => policy)).toEqual([
      ...['trained', 'random', 'always left', 'always right', 'always wait'],
    ]);
    const [trained, ...others] = results;
    expect(trained).toMatchObject({ environment: 'delayed_cue', episodes: 40, step: 300, seed: 5 });
    expect(trained?.meanReturn).toBeGreaterThan(0.8);
    for (const { meanReturn, policy } of others) expect(meanReturn, policy).toBeLessThan(-0.5);
    expect((await readRunRecord(join(folder, 'run'))).evaluations).toEqual(results);
  });

  it('twice with the same seed gives the same, which replaces what the record held; greedy is at least as good', async () => {
    const [one] = await evaluate({ baselines: [] });
    const [other] = await evaluate({ baselines: [] });
    expect(other).toEqual(one);
    expect((await readRunRecord(join(folder, 'run'))).evaluations).toHaveLength(5);
    const [greedy] = await evaluate({ baselines: [], greedy: true });
    expect(greedy?.meanReturn).toBeGreaterThanOrEqual(one?.meanReturn ?? 1);
  });

  it('refuses a film of an environment without pictures, and another environment with other actions', async () => {
    await expect(evaluate({ video: join(folder, 'film.gif') })).rejects.toThrow(/shows pictures in colour/);
    await expect(evaluate({ environment: 'cart_pole' })).rejects.toThrow(/what the agent was trained for/);
  });
});

describe('rl export', () => {
  it('writes one step of the agent with open batch, state in and out', async () => {
    const out = join(folder, 'agent.onnx');
    await events(exportRl({ run: join(folder, 'run'), out }));
    const { inputs, outputs } = readOnnx(await readFile(out));
    expect(inputs.hidden?.shape).toEqual(['batch', 32]);
    expect(inputs.observations?.shape).toEqual(['batch', 2]);
    expect(Object.keys(outputs).sort()).toEqual(['logits', 'nextCell', 'nextHidden', 'values']);
  });
});

describe('the model of a run', () => {
  it('that lost its policy is refused, naming the parameter', async () => {
    const path = runPaths(join(folder, 'run')).model;
    const { tensors, metadata } = withoutChecksum(await readFile(path), path);
    const { 'policy/kernel': _, ...others } = tensors;
    expect(() => agentModels.decode(encodeSafetensors(others, metadata), path)).toThrow(
      /policy\/kernel of shape \[32, 3\]/,
    );
    const elsewhere = encodeSafetensors(tensors, { ...metadata, environment: '{"name":"x"}' });
    expect(() => agentModels.decode(elsewhere, path)).toThrow(/the environment that the agent was trained in/);
  });

  it('knows what it was trained in: delayed_cue with 3 actions', async () => {
    const { environment, settings } = await loadAgentModel(join(folder, 'run'));
    expect(environment).toMatchObject({ name: 'delayed_cue', actions: ['left', 'right', 'wait'], actionRepeat: 1 });
    expect(settings.unrollSteps).toBe(21);
  });

  it.each(['gymnasium:this:X-v0', 'rpc:localhost:1', 'lab:x', 'constructor'])(
    'that names the environment %s starts nothing: evaluate asks for --env',
    async (name) => {
      const own = join(folder, 'run');
      const hostile = join(folder, 'hostile');
      await cp(own, hostile, { recursive: true });
      const path = runPaths(hostile).model;
      const { tensors, metadata } = withoutChecksum(await readFile(path), path);
      const environment = JSON.stringify({ ...JSON.parse(metadata.environment ?? '{}'), name });
      await writeFile(path, encodeSafetensors(tensors, { ...metadata, environment }));
      const request = { run: hostile, episodes: 1, greedy: false, baselines: [], workers: 0, seed: 1, engine };
      await expect(events(evaluateRl(request, always))).rejects.toThrow(
        new RegExp(`expected the name of a built-in environment.*received "${name}".*--env NAME`),
      );
    },
  );

  it('acts for 2 copies with 1 line from its folder: 3 logits each', async () => {
    const actor = await createActor({
      ...(await loadAgentModel(join(folder, 'run'))),
      engine: await createEngine(engine),
      copies: 2,
    });
    const { observation } = (await loadAgentModel(join(folder, 'run'))).environment;
    const { logits } = await actor.act({
      observations: new Float32Array(2 * observationSize(observation)),
      lastRewards: new Float32Array(2),
      lastActions: new Int32Array(2),
      starts: Float32Array.of(1, 1),
    });
    expect(logits).toHaveLength(6);
    expect([...logits.slice(0, 3)]).toEqual([...logits.slice(3)]);
    expect(logits.every(Number.isFinite)).toBe(true);
    await actor.dispose();
  });
});

describe('rl sweep', () => {
  const request = (out: string): SweepRequest => ({
    ...{ data: 'delayed_cue', preset: 'small', overrides, draws: 6, frames: 3360, halving: true },
    ...{ workers: 0, seed: 1, engine, command: 'test', out: join(folder, out) },
  });

  it('of 6 draws with halving trains all to half the length and 3 to the end, stopped and gone on with like at once', async () => {
    await events(sweepRl(request('sweep'), always));
    const sweep = JSON.parse(await readFile(join(folder, 'sweep', 'sweep.json'), 'utf8'));
    expect(sweep.runs.map(({ frames }: { frames: number }) => frames).sort()).toEqual([
      1680, 1680, 1680, 3360, 3360, 3360,
    ]);
    expect(sweep.meanOfBestThree).toBeLessThanOrEqual(1);
    expect(await readFile(join(folder, 'sweep', 'sweep.md'), 'utf8')).toContain('Mean of the best three');

    let asked = 0;
    const halted = await events(sweepRl(request('again'), { stopRequested: () => asked++ >= 17 }));
    expect(halted.some(({ type }) => type === 'file-written')).toBe(false);
    await events(sweepRl(request('again'), always));
    expect(JSON.parse(await readFile(join(folder, 'again', 'sweep.json'), 'utf8'))).toEqual(sweep);
  }, 120_000);
});

itChecksModels(exportRl, () => {
  const run = join(folder, 'run');
  return { run, model: runPaths(run).model, out: join(folder, 'old.onnx') };
});
