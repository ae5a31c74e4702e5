import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTask } from './sentence-tasks.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-tasks-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function files(name: string, contents: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  for (const [file, content] of Object.entries(contents)) {
    const path = join(folder, name, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return join(folder, name);
}

describe('openTask', () => {
  it('reads MR as label and words a line', async () => {
    const data = await files('plain', { 'MR.all': '1 good .\n0 bad .\n0\n' });
    expect(await openTask('mr', data)).toMatchObject({
      name: 'mr',
      data: { sentences: ['good .', 'bad .', ''], labels: Int32Array.of(1, 0, 0), classes: ['0', '1'] },
    });
  });

  it('reads TREC with its split: test from row 2 on', async () => {
    const data = await files('trec', { 'TREC.train.all': '0 How ?\n3 Who ?\n', 'TREC.test.all': '3 Who else ?\n' });
    const { data: found, testFrom } = await openTask('trec', data);
    expect([testFrom, [...found.labels]]).toEqual([2, [0, 1, 1]]);
  });

  it('reads SentEval’s layout: a file per class, Latin-1 as distributed, and questions by their coarse class', async () => {
    const data = await files('senteval', {
      'CR/custrev.neg': 'bad .\n',
      'CR/custrev.pos': Uint8Array.of(0x66, 0xe9, 0x0a),
      'TREC/train_5500.label': 'DESC:manner How ?\nHUM:ind Who ?\n',
      'TREC/TREC_10.label': 'NUM:dist How far ?\n',
    });
    expect((await openTask('cr', data)).data.sentences).toEqual(['bad .', 'fé']);
    expect((await openTask('trec', data)).data.classes).toEqual(['0', '3', '5']);
  });

  it('names the file and line of a label outside the set, and a class that TREC does not have', async () => {
    const data = await files('wrong', { 'MR.all': '1 good\n2 what\n', 'SUBJ.all': Uint8Array.of(0x31, 0x20, 0xe9) });
    await expect(openTask('mr', data)).rejects.toThrow(/MR\.all, line 2: .*0, 1, then words, received 2/);
    await expect(openTask('subj', data)).rejects.toThrow(/SUBJ\.all: expected UTF-8 text/);
    const questions = { 'TREC/train_5500.label': 'WHAT:x Why ?\n', 'TREC/TREC_10.label': 'NUM:x When ?\n' };
    await expect(openTask('trec', await files('odd', questions))).rejects.toThrow(/DESC, ENTY, .*received WHAT:x/);
  });

  it('says which files it looked for, and refuses a task that is none of the 6', async () => {
    await expect(openTask('mpqa', folder)).rejects.toThrow(
      /MPQA\.all, or MPQA\/mpqa\.neg and MPQA\/mpqa\.pos.*neither/,
    );
    await expect(openTask('sst', folder)).rejects.toThrow(/mr, cr, subj, mpqa, trec, subject, received "sst"/);
    await expect(openTask('subject', folder)).rejects.toThrow(/subject with --builtin/);
    await expect(openTask('mr', 'builtin')).rejects.toThrow(/any other with --data, received mr with --builtin/);
  });

  const data = process.env.CPC_DATA;
  it.skipIf(data === undefined)('finds 10,662, 10,000 and 5,952 sentences of MR, SUBJ and TREC', async () => {
    const path = join(data ?? '', 'text/sentence-classification');
    const counts = await Promise.all(
      ['mr', 'subj', 'trec'].map(async (name) => (await openTask(name, path)).data.labels.length),
    );
    expect(counts).toEqual([10_662, 10_000, 5_952]);
    expect((await openTask('trec', path)).testFrom).toBe(5_452);
  });
});
