/** What an exported file makes of strings in Python, by nothing but its own metadata. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { describe, expect, it } from 'vitest';
import { countWords } from '../data/vocabulary.js';
import { splitWords } from '../data/words.js';
import { exportEncoder } from '../export-model.js';
import { initialiseTextModel } from '../model.js';
import { smallPreset } from '../presets.js';
import { createSentenceEncoder } from '../sentence-encoder.js';
import { createStories } from '../synthesis/stories.js';

const script = join(import.meta.dirname, '..', 'fixtures', 'encode_strings.py');
const isThere = spawnSync('python3', ['-c', 'import numpy, onnxruntime']).status === 0;

const sentences = [
  ...createStories({ seed: 1, stories: 1, sentences: 15 }).flat(),
  ...['“It’s hers,” she said… café—naïve!', 'Cannot gimme whatcha; straße & 日本語 😀.'],
];

function trainedModel() {
  const counts = countWords();
  for (const word of sentences.slice(0, 16).flatMap(splitWords)) counts.add(word, 1);
  const vocabulary = counts.vocabulary(500);
  const shapes = {
    ...smallPreset,
    vocabularySize: vocabulary.words.length,
    embeddingSize: 6,
    channels: 10,
    contextUnits: 4,
  };
  return { vocabulary, settings: { ...shapes, maxWords: 9 }, parameters: initialiseTextModel(shapes, createRandom(3)) };
}

async function inPython(model: Uint8Array, batches: readonly (readonly string[])[]) {
  const folder = await mkdtemp(join(tmpdir(), 'cpc-text-python-'));
  try {
    const path = join(folder, 'encoder.onnx');
    await writeFile(path, model);
    const { status, stdout, stderr } = spawnSync('python3', [script], {
      input: JSON.stringify({ model: path, batches }),
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    if (status !== 0) throw new Error(stderr);
    const results: { words: string[][]; vectors: number[][] }[] = JSON.parse(stdout);
    return results;
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('an exported encoder', () => {
  it.skipIf(!isThere)(
    `in Python${isThere ? '' : ' (skipped: python3 with numpy and onnxruntime is not installed)'} cuts 17 strings into our words and gives our vectors, to 1e-5, in batches of 1, 3 and 13`,
    async () => {
      const model = trainedModel();
      const batches = [sentences.slice(0, 1), sentences.slice(1, 4), sentences.slice(4)];
      const results = await inPython(exportEncoder(model), batches);
      expect(results.map(({ words }) => words)).toEqual(batches.map((batch) => batch.map(splitWords)));
      const engine = await createEngine({ name: 'onnx', threads: 1 });
      const encoder = createSentenceEncoder({ ...model, engine });
      const { data } = await encoder.encode(sentences);
      await encoder.dispose();
      const vectors = results.flatMap((result) => result.vectors).flat();
      expect(vectors).toHaveLength(17 * 10);
      for (const [index, value] of vectors.entries())
        expect(Math.abs(value - (data[index] ?? Number.NaN))).toBeLessThan(1e-5);
    },
  );
});
