/** `cpc audio embed`: a corpus as arrays, written while they are made. */
import type { HostArray } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import {
  type Control,
  createFeatureFile,
  type EmbedRequest,
  type FeatureContents,
  type FeatureFile,
  reportWarnings,
  requireFeatureFile,
  type TaskEvent,
} from '@cpc/runs';
import { corpusSampleRateHz, recordingAt, type SpeechCorpus } from '../data/corpus.js';
import { createFeatureExtractor, type FeatureExtractor } from '../features.js';
import { encoderHop } from '../model.js';
import { loadSpeechModel, type SpeechModelFile } from './model-file.js';
import { corpusWarnings, openSpeech } from './open-data.js';

/** What will stand in the file of one recording. */
interface EmbeddedRecording {
  /** Index in the corpus. */
  readonly recording: number;
  /** Its path in the folder, with its ending; its id where it has no file. */
  readonly name: string;
  readonly speaker: string;
  readonly seconds: number;
  readonly frames: number;
  /** As many as frames, or 1 if pooled. */
  readonly rows: number;
}

/** Of the `.tsv` beside an `.npy`. */
const indexColumns = ['id', 'speaker', 'first_row', 'rows'] as const;

/**
 * Writes features of every recording, a row per frame or, pooled, their mean. A recording is read and written in parts, so that
 * memory does not grow with the features; the file appears when it is whole. Damaged recordings are found before the first row.
 */
export async function* embedSpeech(
  request: EmbedRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  await requireFeatureFile(request.out, indexColumns);
  const model = yield* reportWarnings(await loadSpeechModel(request.run));
  const { corpus, recordings: opened = [...corpus.recordings.keys()] } = await openSpeech(
    request.data,
    'probe',
    request,
  );
  const hop = encoderHop(model.settings.layers);
  const entries = entriesOf(corpus, opened, hop, request.pooled);
  for (const message of embedWarnings(corpus, opened.length - entries.length)) yield { type: 'warning', message };
  const width = request.representation === 'latent' ? model.settings.channels : model.settings.contextUnits;
  const extractor = await extractorOf(model, request);
  const file = await createFeatureFile(request.out, contentsOf(entries, { ...request, width, hop, model }));
  try {
    const total = Math.ceil(entries.reduce((sum, { seconds }) => sum + seconds, 0));
    let written = 0;
    for (const entry of entries) {
      for await (const seconds of writeRecording(file, extractor, corpus, entry, request)) {
        if (control.stopRequested()) return;
        written += seconds;
        const done = Math.min(total, Math.round(written));
        yield { type: 'progress', label: 'embedding: seconds of speech', done, total };
      }
    }
    yield* await file.finish();
  } finally {
    await file.abandon();
    await extractor.dispose();
  }
}

interface Embedding extends Pick<EmbedRequest, 'pooled'> {
  readonly width: number;
  readonly hop: number;
  readonly model: SpeechModelFile;
}

function contentsOf(
  entries: readonly EmbeddedRecording[],
  { pooled, width, hop, model: { settings } }: Embedding,
): FeatureContents {
  const starts = startsOf(entries);
  const place = placeFinder(entries, starts);
  const entryAt = (row: number) => entries[place(row)];
  const frameAt = (row: number) => row - (starts[place(row)] ?? row);
  const sampleRateHz = String(corpusSampleRateHz);
  return {
    shape: [entries.reduce((sum, { rows }) => sum + rows, 0), width],
    index: {
      columns: indexColumns,
      lines: entries.map(({ name, speaker, rows }, at) => [name, speaker, starts[at] ?? 0, rows]),
      description: 'which rows belong to which recording',
    },
    tensors: entries.map(({ name, rows }) => [name, [rows, width]] as const),
    metadata: { sampleRateHz },
    description: `${entries.length} recordings, one tensor each`,
    columns: [
      { name: 'recording', type: 'text', value: (row) => entryAt(row)?.name ?? '' },
      { name: 'speaker', type: 'text', value: (row) => entryAt(row)?.speaker ?? '' },
      { name: 'frame', type: 'int32', value: frameAt },
      { name: 'time_seconds', type: 'float64', value: centreSeconds },
    ],
    parquetMetadata: { 'cpc.settings': JSON.stringify(settings), 'cpc.sampleRateHz': sampleRateHz },
    createdBy: '@cpc/audio',
  };

  /** Of a frame, or, if pooled, of the whole recording. */
  function centreSeconds(row: number): number {
    return pooled ? (entryAt(row)?.seconds ?? 0) / 2 : ((frameAt(row) + 0.5) * hop) / corpusSampleRateHz;
  }
}

/** The first row of every recording. */
function startsOf(entries: readonly EmbeddedRecording[]): number[] {
  let row = 0;
  return entries.map(({ rows }) => {
    const start = row;
    row += rows;
    return start;
  });
}

/** Which recording a row is of, for rows that are asked for in ascending order. */
function placeFinder(entries: readonly EmbeddedRecording[], starts: readonly number[]): (row: number) => number {
  let place = 0;
  return (row) => {
    if (row < (starts[place] ?? 0)) place = 0;
    while (place + 1 < entries.length && row >= (starts[place + 1] ?? Infinity)) place += 1;
    return place;
  };
}

function entriesOf(
  corpus: SpeechCorpus,
  recordings: readonly number[],
  hop: number,
  pooled: boolean,
): EmbeddedRecording[] {
  return recordings.flatMap((recording) => {
    const { id, path, speaker, sampleCount } = recordingAt(corpus.recordings, recording);
    const frames = Math.floor(sampleCount / hop);
    if (frames === 0) return [];
    const rows = pooled ? 1 : frames;
    return [{ recording, name: path || id, speaker, seconds: sampleCount / corpusSampleRateHz, frames, rows }];
  });
}

function embedWarnings(corpus: SpeechCorpus, tooShort: number): string[] {
  return [
    ...corpusWarnings(corpus),
    ...(tooShort === 0 ? [] : [`skipped ${tooShort} recordings that are shorter than a frame`]),
  ];
}

async function extractorOf(
  { settings, parameters }: SpeechModelFile,
  request: EmbedRequest,
): Promise<FeatureExtractor> {
  return createFeatureExtractor({
    settings,
    parameters,
    engine: await createEngine(request.engine),
  });
}

/** Gives the seconds of speech of every part once it is written (of a pooled recording: heard). */
async function* writeRecording(
  file: FeatureFile,
  extractor: FeatureExtractor,
  corpus: SpeechCorpus,
  entry: EmbeddedRecording,
  { representation, pooled }: EmbedRequest,
): AsyncGenerator<number, void, undefined> {
  const { recording, seconds, frames } = entry;
  const { sampleCount } = recordingAt(corpus.recordings, recording);
  const read = (start: number, length: number) => corpus.read(recording, start, length);
  const mean = createMean();
  for await (const { latents, contexts } of extractor.stream({ sampleCount, read })) {
    const part = representation === 'latent' ? latents : contexts;
    if (pooled) mean.add(part);
    else await file.write(part.data);
    yield (seconds * (part.shape[0] ?? 0)) / frames;
  }
  if (pooled) await file.write(mean.value());
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
