/**
 * Every real recording at hand, decoded: the folder that the environment variable CPC_DATA names.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSpeechCorpus } from './corpus.js';

const speech = join(process.env.CPC_DATA ?? '', 'speech');
const missing =
  process.env.CPC_DATA === undefined
    ? 'CPC_DATA is not set'
    : existsSync(speech)
      ? undefined
      : `${speech} does not exist`;

describe.skipIf(missing !== undefined)(
  `all real recordings${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    it.each([
      ['librispeech-251', 251],
      ['librispeech-cpc-phones', 9],
      ['timit-sample', 160],
      ['fsdd', 3_000],
    ])(
      'decodes all of %s, %d recordings, to the length and MD5 in their heads',
      async (name, count) => {
        const corpus = await openSpeechCorpus(join(speech, name), { verify: true, strict: true });
        expect(corpus.recordings.length).toBe(count);
      },
      300_000,
    );
  },
);
