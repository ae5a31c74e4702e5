/** `cpc text embed`: a vector for every line of a file. */
import { CpcError, encodeNpy, encodeSafetensors, type HostArray } from '@cpc/core';
import { type Control, createEngine, type EmbedRequest, type TaskEvent, writeFileAtomically } from '@cpc/core/node';
import { createSentenceEncoder } from '../sentence-encoder.js';
import { builtInStories } from '../synthesis/stories.js';
import { textLines, UnreadableTextError } from './data/text-lines.js';
import { withWordVectors } from './expanded-model.js';
import { loadTextModel } from './model-file.js';
import { builtInData } from './open-text.js';

/** Lines that are encoded between two reports of progress. */
const block = 4096;

const formats: Readonly<Record<string, (vectors: HostArray) => Uint8Array>> = {
  '.npy': encodeNpy,
  '.safetensors': (vectors) => encodeSafetensors({ latents: vectors }),
};

/** Writes `[N, D]`, a row per line; blank lines have a row of zeros. */
export async function* embedText(request: EmbedRequest, control: Control): AsyncGenerator<TaskEvent, void, undefined> {
  const { out, run, representation = 'latent' } = request;
  const extension = Object.keys(formats).find((ending) => out.endsWith(ending));
  const format = extension === undefined ? undefined : formats[extension];
  if (format === undefined) {
    const expected = `an output file ending in ${Object.keys(formats).join(' or ')}`;
    throw new CpcError({ where: 'embed', expected, received: out });
  }
  if (representation === 'context') {
    const expected = 'the representation latent: lines stand by themselves';
    throw new CpcError({ where: 'embed', expected, received: representation });
  }
  const sentences = await linesOf(request.data);
  const model = await withWordVectors(await loadTextModel(run), request.wordVectors, { texts: sentences });
  const engine = await createEngine(request.engine);
  const encoder = createSentenceEncoder({ ...model, engine });
  try {
    const width = model.settings.channels;
    const data = new Float32Array(sentences.length * width);
    for (let first = 0; first < sentences.length; first += block) {
      if (control.stopRequested()) return;
      const part = sentences.slice(first, first + block);
      data.set((await encoder.encode(part)).data, first * width);
      yield { type: 'progress', label: 'sentences', done: first + part.length, total: sentences.length };
    }
    await writeFileAtomically(out, format({ shape: [sentences.length, width], data }));
    yield { type: 'file-written', path: out, description: `float32 [${sentences.length}, ${width}]` };
  } finally {
    await encoder.dispose();
  }
}

async function linesOf(path: string): Promise<string[]> {
  if (path === builtInData) return builtInStories().flat();
  const lines: string[] = [];
  try {
    for await (const line of textLines(path)) lines.push(line);
  } catch (error) {
    if (!(error instanceof UnreadableTextError)) throw error;
    throw new CpcError({ where: path, expected: 'UTF-8 text', received: error.message });
  }
  return lines;
}
