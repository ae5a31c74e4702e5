/** `cpc text embed`: a vector for every line of a file. */
import { CpcError, someOf } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import {
  type Control,
  createFeatureFile,
  type EmbedRequest,
  type FeatureContents,
  reportWarnings,
  requireFeatureFile,
  type TaskEvent,
} from '@cpc/runs';
import { createSentenceEncoder } from '../sentence-encoder.js';
import { builtInStories } from '../synthesis/stories.js';
import { longestLine, textLines, UnreadableTextError } from './data/text-lines.js';
import { type WordVectorsRequest, withWordVectors } from './expanded-model.js';
import { loadTextModel } from './model-file.js';
import { builtInData } from './open-text.js';

/** Lines that are encoded between two reports of progress. */
const block = 4096;

/** Writes `[N, D]`, a row per line; blank lines have a row of zeros. */
export async function* embedText(
  request: EmbedRequest & WordVectorsRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  const { out, run, representation = 'latent' } = request;
  await requireFeatureFile(out);
  if (representation === 'context') {
    const expected = 'the representation latent: lines stand by themselves';
    throw new CpcError({ where: 'embed', expected, received: representation });
  }
  const { lines, cut } = await linesOf(request.data);
  if (cut.length > 0) yield { type: 'warning', message: cutWarning(request.data, cut) };
  const model = yield* reportWarnings(
    await withWordVectors(await loadTextModel(run), request.wordVectors, { texts: lines }),
  );
  const encoder = createSentenceEncoder({ ...model, engine: await createEngine(request.engine) });
  const file = await createFeatureFile(out, contentsOf(lines, model.settings.channels));
  try {
    for (let first = 0; first < lines.length; first += block) {
      if (control.stopRequested()) return;
      const part = lines.slice(first, first + block);
      await file.write((await encoder.encode(part)).data);
      yield { type: 'progress', label: 'sentences', done: first + part.length, total: lines.length };
    }
    yield* await file.finish();
  } finally {
    await file.abandon();
    await encoder.dispose();
  }
}

function contentsOf(lines: readonly string[], width: number): FeatureContents {
  const shape = [lines.length, width];
  return {
    shape,
    tensors: [['latents', shape]],
    metadata: {},
    columns: [
      { name: 'line', type: 'int32', value: (row) => row + 1 },
      { name: 'text', type: 'text', value: (row) => lines[row] ?? '' },
    ],
    parquetMetadata: {},
    createdBy: '@cpc/text',
  };
}

interface EmbeddedLines {
  readonly lines: readonly string[];
  /** Numbers of those that were cut off, from 1. */
  readonly cut: readonly number[];
}

async function linesOf(path: string): Promise<EmbeddedLines> {
  if (path === builtInData) return { lines: builtInStories().flat(), cut: [] };
  const lines: string[] = [];
  const cut: number[] = [];
  try {
    for await (const line of textLines(path, { rows: true, onCut: (row) => cut.push(row) })) lines.push(line);
  } catch (error) {
    if (!(error instanceof UnreadableTextError)) throw error;
    throw new CpcError({ where: path, expected: 'UTF-8 text', received: error.message });
  }
  return { lines, cut };
}

function cutWarning(path: string, cut: readonly number[]): string {
  const places = `line${cut.length === 1 ? '' : 's'} ${someOf(cut.map(String), 5)}`;
  const what = `${cut.length} of the lines ${cut.length === 1 ? 'has' : 'have'} more than ${longestLine} characters`;
  return `${path}: ${what}, of which only these are embedded: ${places}`;
}
