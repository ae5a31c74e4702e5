/** What two runs of the same training have in common. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeSafetensors } from '@cpc/runs';

/** Everything in a run folder that does not hold times: models as bytes, checkpoints and metrics without theirs. */
export async function filesOf(run: string): Promise<Record<string, unknown>> {
  const names = (await readdir(run)).filter((name) => /\.(safetensors|onnx)$/.test(name)).sort();
  const files = names.map(async (name) => [name, (await readFile(join(run, name))).toString('base64')]);
  return {
    ...Object.fromEntries(await Promise.all(files)),
    checkpoints: await checkpointsOf(join(run, 'checkpoints')),
    metrics: await metricsOf(join(run, 'metrics.jsonl')),
    ...(await recordOf(join(run, 'run.json'))),
  };
}

async function checkpointsOf(folder: string): Promise<unknown> {
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name) => {
      const { tensors, metadata } = decodeSafetensors(await readFile(join(folder, name)), name);
      const { 'cpc.sha256': _sum, trainedSeconds: _seconds, ...rest } = metadata;
      const bytes = Object.entries(tensors).map(([path, { data }]) => [
        path,
        Buffer.from(data.buffer).toString('base64'),
      ]);
      return { name, rest, bytes };
    }),
  );
}

async function metricsOf(path: string): Promise<unknown[]> {
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  return lines.map((line) => {
    const { step, lossNats, accuracy, boundNats, gradientNorm, learningRate } = JSON.parse(line);
    return { step, lossNats, accuracy, boundNats, gradientNorm, learningRate };
  });
}

async function recordOf(path: string): Promise<Record<string, unknown>> {
  const { status, settings, data, dataFingerprint, totals, seed: own } = JSON.parse(await readFile(path, 'utf8'));
  return { status, settings, data, dataFingerprint, steps: totals.steps, own };
}
