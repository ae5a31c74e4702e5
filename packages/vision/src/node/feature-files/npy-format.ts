/** `.npy`: all images in one array, and a `.tsv` beside it that names the image of each entry of the first axis. */
import { npyHeader } from '@cpc/core';
import { writeFileAtomically } from '@cpc/core/node';
import type { FeatureFormat, FileContents } from './feature-format.js';
import { rawRowsWriter, shapeOf } from './raw-rows.js';

export const npyFormat: FeatureFormat = {
  begin: (file, contents) => rawRowsWriter(file, npyHeader(shapeOf(contents))),
  description: (contents) => `float32 [${shapeOf(contents).join(', ')}]`,
  writeIndex: async (path, contents) => {
    const index = path.replace(/\.npy$/, '.tsv');
    await writeFileAtomically(index, tableOf(contents));
    return { type: 'file-written', path: index, description: 'which image each entry is of' };
  },
};

function tableOf({ images }: FileContents): string {
  return `${['image\tclass', ...images.map(({ name, label }) => `${name}\t${label}`)].join('\n')}\n`;
}
