/** `.npy`: all rows under one another, and a `.tsv` beside it that says which rows belong to which recording. */
import { npyHeader } from '@cpc/core';
import { writeFileAtomically } from '@cpc/core/node';
import type { EmbeddedRecording, FeatureFormat } from './feature-format.js';
import { rawRowsWriter, rowsOf } from './raw-rows.js';

export const npyFormat: FeatureFormat = {
  begin: (file, { recordings, width }) => rawRowsWriter(file, npyHeader([rowsOf(recordings), width])),
  description: (recordings, width) => `float32 [${rowsOf(recordings)}, ${width}]`,
  writeIndex: async (path, recordings) => {
    const index = path.replace(/\.npy$/, '.tsv');
    await writeFileAtomically(index, tableOf(recordings));
    return { type: 'file-written', path: index, description: 'which rows belong to which recording' };
  },
};

function tableOf(recordings: readonly EmbeddedRecording[]): string {
  let row = 0;
  const lines = recordings.map(({ id, speaker, rows }) => {
    const first = row;
    row += rows;
    return [id, speaker, first, rows].join('\t');
  });
  return `${['id\tspeaker\tfirst_row\trows', ...lines].join('\n')}\n`;
}
