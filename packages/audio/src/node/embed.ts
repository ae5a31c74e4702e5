/** `cpc audio embed`: a corpus as arrays. */
import { extname } from 'node:path';
import { CpcError, encodeNpy, encodeSafetensors, type HostArray, unflatten } from '@cpc/core';
import { type Control, createEngine, type EmbedRequest, type TaskEvent, writeFileAtomically } from '@cpc/core/node';
import { createFeatureExtractor } from '../features.js';
import { encoderHop } from '../model.js';
import { loadSpeechModel } from './model-file.js';
import { openSpeech } from './open-data.js';

/** What was made of one recording. */
interface Embedded {
  readonly id: string;
  readonly speaker: string;
  /** `[T, F]`, or `[1, F]` if pooled. */
  readonly features: HostArray;
}

/**
 * Writes features of every recording: `.safetensors` holds one tensor per recording under its id; `.npy` holds all rows
 * under one another, and a `.tsv` beside it says which rows belong to which recording.
 */
export async function* embedSpeech(
  request: EmbedRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  const write = writerFor(request.out);
  const model = await loadSpeechModel(request.run);
  const { corpus, recordings: opened = [...corpus.recordings.keys()] } = await openSpeech(
    request.data,
    'probe',
    request.strict,
  );
  const hop = encoderHop(model.settings.layers);
  const recordings = opened.filter((index) => (corpus.recordings[index]?.sampleCount ?? 0) >= hop);
  for (const { path, reason } of corpus.skipped) yield { type: 'warning', message: `left out ${path}: ${reason}` };
  if (recordings.length < opened.length) {
    const message = `left out ${opened.length - recordings.length} recordings shorter than a frame of ${hop} samples`;
    yield { type: 'warning', message };
  }
  const extractor = createFeatureExtractor({
    settings: model.settings,
    parameters: unflatten(model.parameters),
    engine: await createEngine(request.engine),
  });
  const embedded: Embedded[] = [];
  try {
    for (const recording of recordings) {
      if (control.stopRequested()) return;
      const { latents, contexts } = await extractor.extract(await corpus.read(recording));
      const features = request.representation === 'latent' ? latents : contexts;
      const { id = '', speaker = '' } = corpus.recordings[recording] ?? {};
      embedded.push({ id, speaker, features: request.pooled ? meanOverTime(features) : features });
      yield { type: 'progress', label: 'embedding', done: embedded.length, total: recordings.length };
    }
  } finally {
    await extractor.dispose();
  }
  yield* write(request.out, embedded);
}

type Writer = (path: string, embedded: readonly Embedded[]) => AsyncGenerator<TaskEvent, void, undefined>;

const writers: Readonly<Record<string, Writer>> = {
  '.safetensors': async function* (path, embedded) {
    const tensors = embedded.map(({ id, features }) => [id, features]);
    await writeFileAtomically(path, encodeSafetensors(Object.fromEntries(tensors), { sampleRateHz: '16000' }));
    yield { type: 'file-written', path, description: `${embedded.length} recordings, one tensor each` };
  },
  '.npy': async function* (path, embedded) {
    const all = stacked(embedded.map(({ features }) => features));
    await writeFileAtomically(path, encodeNpy(all));
    yield { type: 'file-written', path, description: `float32 [${all.shape.join(', ')}]` };
    const index = path.replace(/\.npy$/, '.tsv');
    await writeFileAtomically(index, new TextEncoder().encode(indexOf(embedded)));
    yield { type: 'file-written', path: index, description: 'which rows belong to which recording' };
  },
};

function writerFor(path: string): Writer {
  const writer = writers[extname(path)];
  if (writer !== undefined) return writer;
  throw new CpcError({
    where: 'embed',
    expected: `an output file ending in ${Object.keys(writers).join(' or ')}`,
    received: path,
  });
}

function indexOf(embedded: readonly Embedded[]): string {
  let row = 0;
  const lines = embedded.map(({ id, speaker, features }) => {
    const first = row;
    row += features.shape[0] ?? 0;
    return [id, speaker, first, row - first].join('\t');
  });
  return `${['id\tspeaker\tfirst_row\trows', ...lines].join('\n')}\n`;
}

function stacked(parts: readonly HostArray[]): HostArray {
  const width = parts[0]?.shape[1] ?? 0;
  const rows = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const data = new Float32Array(rows * width);
  let offset = 0;
  for (const part of parts) {
    data.set(part.data, offset);
    offset += part.data.length;
  }
  return { shape: [rows, width], data };
}

/** `[T, F]` to `[1, F]`. */
function meanOverTime({ shape, data }: HostArray): HostArray {
  const [frames = 0, width = 0] = shape;
  const sums = new Float64Array(width);
  for (const [index, value] of data.entries()) sums[index % width] = (sums[index % width] ?? 0) + value;
  return { shape: [1, width], data: Float32Array.from(sums, (sum) => sum / Math.max(1, frames)) };
}
