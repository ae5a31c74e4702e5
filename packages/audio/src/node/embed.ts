/** `cpc audio embed`: a corpus as arrays, written while they are made. */
import type { HostArray } from '@cpc/core';
import { type Control, createAtomicFile, createEngine, type EmbedRequest, type TaskEvent } from '@cpc/core/node';
import { corpusSampleRateHz, recordingAt, type SpeechCorpus } from '../data/corpus.js';
import { createFeatureExtractor, type FeatureExtractor } from '../features.js';
import { encoderHop } from '../model.js';
import { type EmbeddedRecording, type FeatureWriter, featureFormatOf } from './feature-files/feature-format.js';
import { loadSpeechModel, type SpeechModelFile } from './model-file.js';
import { corpusWarnings, openSpeech } from './open-data.js';

/**
 * Writes features of every recording; what a file of each ending holds is told in `feature-files/`. A recording is heard and
 * written in parts, so that memory does not grow with the features; the file appears when it is whole.
 */
export async function* embedSpeech(
  request: EmbedRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  const format = featureFormatOf(request.out);
  const model = await loadSpeechModel(request.run);
  const { corpus, recordings: opened = [...corpus.recordings.keys()] } = await openSpeech(
    request.data,
    'probe',
    request.strict,
  );
  const hop = encoderHop(model.settings.layers);
  const entries = entriesOf(corpus, opened, hop, request.pooled);
  for (const message of leftOut(corpus, opened.length - entries.length)) yield { type: 'warning', message };
  const width = request.representation === 'latent' ? model.settings.channels : model.settings.contextUnits;
  const extractor = await extractorOf(model, request);
  const file = await createAtomicFile(request.out);
  try {
    const { settings } = model;
    const writer = await format.begin(file, { recordings: entries, pooled: request.pooled, width, hop, settings });
    const total = Math.ceil(entries.reduce((sum, { seconds }) => sum + seconds, 0));
    let written = 0;
    for (const entry of entries) {
      for await (const seconds of writeRecording(writer, extractor, corpus, entry, request)) {
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
    await writer.finish();
    await file.commit();
  } finally {
    await file.abandon();
    await extractor.dispose();
  }
  yield { type: 'file-written', path: request.out, description: format.description(entries, width) };
  if (format.writeIndex !== undefined) yield await format.writeIndex(request.out, entries);
}

function entriesOf(
  corpus: SpeechCorpus,
  recordings: readonly number[],
  hop: number,
  pooled: boolean,
): EmbeddedRecording[] {
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
    ...corpusWarnings(corpus),
    ...(tooShort === 0 ? [] : [`recordings left out, shorter than a frame: ${tooShort}`]),
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
  writer: FeatureWriter,
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
    else await writer.write(entry, part.data);
    yield (seconds * (part.shape[0] ?? 0)) / frames;
  }
  if (pooled) await writer.write(entry, mean.value());
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
