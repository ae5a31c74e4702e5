/** `cpc audio embed`: a corpus as arrays, written while they are made. */
import { extname } from 'node:path';
import { CpcError, type HostArray, npyHeader, safetensorsHeader, unflatten } from '@cpc/core';
import {
  type AtomicFile,
  type Control,
  createAtomicFile,
  createEngine,
  type EmbedRequest,
  type TaskEvent,
  writeFileAtomically,
} from '@cpc/core/node';
import { corpusSampleRateHz, recordingAt, type SpeechCorpus } from '../data/corpus.js';
import { createFeatureExtractor, type FeatureExtractor } from '../features.js';
import { encoderHop } from '../model.js';
import { loadSpeechModel, type SpeechModelFile } from './model-file.js';
import { leftOutFiles, openSpeech } from './open-data.js';

/** What will stand in the file of one recording. */
interface Entry {
  readonly recording: number;
  readonly id: string;
  readonly speaker: string;
  readonly seconds: number;
  /** T. */
  readonly frames: number;
  /** T, or 1 if pooled. */
  readonly rows: number;
}

/**
 * Writes features of every recording: `.safetensors` holds one tensor per recording under its id; `.npy` holds all rows
 * under one another, and a `.tsv` beside it says which rows belong to which recording. A recording is heard and written in
 * parts, so that memory does not grow with the features; the file appears when it is whole.
 */
export async function* embedSpeech(
  request: EmbedRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  const format = formatOf(request.out);
  const model = await loadSpeechModel(request.run);
  const { corpus, recordings: opened = [...corpus.recordings.keys()] } = await openSpeech(
    request.data,
    'probe',
    request.strict,
  );
  const entries = entriesOf(corpus, opened, encoderHop(model.settings.layers), request.pooled);
  for (const message of leftOut(corpus, opened.length - entries.length)) yield { type: 'warning', message };
  const width = request.representation === 'latent' ? model.settings.channels : model.settings.contextUnits;
  const extractor = await extractorOf(model, request);
  const file = await createAtomicFile(request.out);
  try {
    await file.write(format.header(entries, width));
    const total = Math.ceil(entries.reduce((sum, { seconds }) => sum + seconds, 0));
    let written = 0;
    for (const entry of entries) {
      for await (const seconds of writeRecording(file, extractor, corpus, entry, request)) {
        if (control.stopRequested()) return;
        written += seconds;
        yield {
          type: 'progress',
          label: 'embedding: seconds of speech',
          done: Math.min(total, Math.round(written)),
          total,
        };
      }
    }
    await file.commit();
  } finally {
    await file.abandon();
    await extractor.dispose();
  }
  yield { type: 'file-written', path: request.out, description: format.description(entries, width) };
  if (format.index !== undefined) yield await writeIndex(request.out, format.index(entries));
}

function entriesOf(corpus: SpeechCorpus, recordings: readonly number[], hop: number, pooled: boolean): Entry[] {
  return recordings.flatMap((recording) => {
    const { id, speaker, sampleCount } = recordingAt(corpus.recordings, recording);
    const frames = Math.floor(sampleCount / hop);
    if (frames === 0) return [];
    const rows = pooled ? 1 : frames;
    return [{ recording, id, speaker, seconds: sampleCount / corpusSampleRateHz, frames, rows }];
  });
}

function leftOut(corpus: SpeechCorpus, tooShort: number): string[] {
  return [
    ...leftOutFiles(corpus),
    ...(tooShort === 0 ? [] : [`recordings left out, shorter than a frame: ${tooShort}`]),
  ];
}

async function extractorOf(
  { settings, parameters }: SpeechModelFile,
  request: EmbedRequest,
): Promise<FeatureExtractor> {
  return createFeatureExtractor({
    settings,
    parameters: unflatten(parameters),
    engine: await createEngine(request.engine),
  });
}

/** Gives the seconds of speech of every part once it is written (of a pooled recording: heard). */
async function* writeRecording(
  file: AtomicFile,
  extractor: FeatureExtractor,
  corpus: SpeechCorpus,
  { recording, seconds, frames }: Entry,
  { representation, pooled }: EmbedRequest,
): AsyncGenerator<number, void, undefined> {
  const { sampleCount } = recordingAt(corpus.recordings, recording);
  const read = (start: number, length: number) => corpus.read(recording, start, length);
  const mean = createMean();
  for await (const { latents, contexts } of extractor.stream({ sampleCount, read })) {
    const part = representation === 'latent' ? latents : contexts;
    if (pooled) mean.add(part);
    else await file.write(bytesOf(part.data));
    yield (seconds * (part.shape[0] ?? 0)) / frames;
  }
  if (pooled) await file.write(bytesOf(mean.value()));
}

/** Mean over time of frames that come in parts. */
function createMean() {
  let sums = new Float64Array(0);
  let frames = 0;
  return {
    add: ({ shape, data }: HostArray) => {
      const [rows = 0, width = 0] = shape;
      if (sums.length === 0) sums = new Float64Array(width);
      for (let index = 0; index < data.length; index++)
        sums[index % width] = (sums[index % width] ?? 0) + (data[index] ?? 0);
      frames += rows;
    },
    value: () => Float32Array.from(sums, (sum) => sum / Math.max(1, frames)),
  };
}

/** What a kind of file begins with, and how it is described. */
interface Format {
  readonly header: (entries: readonly Entry[], width: number) => Uint8Array;
  readonly description: (entries: readonly Entry[], width: number) => string;
  /** A table to stand beside it. */
  readonly index?: (entries: readonly Entry[]) => string;
}

const formats: Readonly<Record<string, Format>> = {
  '.safetensors': {
    header: (entries, width) =>
      safetensorsHeader(Object.fromEntries(entries.map(({ id, rows }) => [id, [rows, width]])), {
        sampleRateHz: String(corpusSampleRateHz),
      }),
    description: (entries) => `${entries.length} recordings, one tensor each`,
  },
  '.npy': {
    header: (entries, width) => npyHeader([rowsOf(entries), width]),
    description: (entries, width) => `float32 [${rowsOf(entries)}, ${width}]`,
    index: indexOf,
  },
};

function formatOf(path: string): Format {
  const format = formats[extname(path)];
  if (format !== undefined) return format;
  throw new CpcError({
    where: 'embed',
    expected: `an output file ending in ${Object.keys(formats).join(' or ')}`,
    received: path,
  });
}

function rowsOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { rows }) => sum + rows, 0);
}

async function writeIndex(path: string, table: string): Promise<TaskEvent> {
  const index = path.replace(/\.npy$/, '.tsv');
  await writeFileAtomically(index, table);
  return { type: 'file-written', path: index, description: 'which rows belong to which recording' };
}

function indexOf(entries: readonly Entry[]): string {
  let row = 0;
  const lines = entries.map(({ id, speaker, rows }) => {
    const first = row;
    row += rows;
    return [id, speaker, first, rows].join('\t');
  });
  return `${['id\tspeaker\tfirst_row\trows', ...lines].join('\n')}\n`;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
