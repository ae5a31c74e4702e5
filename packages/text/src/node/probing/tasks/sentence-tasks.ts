/** The five sentence tasks as files: which there are in a folder, in either of two layouts, and what they hold. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CpcArgumentError, CpcError } from '@cpc/core';
import { readRegularFile } from '@cpc/runs';
import { subjectTask } from '../../../synthesis/stories.js';
import {
  type Labelled,
  type LabelledSentences,
  labelledAlike,
  labelledSentences,
  parseLabelledLines,
} from '../../../tasks/labelled-sentences.js';
import { builtInData } from '../../open-text.js';

export interface SentenceTask {
  readonly name: string;
  readonly data: LabelledSentences;
  /** Of sentences, classes and the given test side. */
  readonly fingerprint: string;
  /** Rows of the given test side, where the task has one; else it is scored by folds. */
  readonly testFrom?: number;
}

interface TaskFiles {
  /** `<label> <words>` a line. */
  readonly plain: readonly string[];
  readonly labels: readonly string[];
  /** As SentEval has them: a file for each class, or lines of `COARSE:fine words`. */
  readonly senteval: readonly { readonly path: string; readonly label?: string }[];
}

const twoClasses = (name: string, folder: string, negative: string, positive: string): TaskFiles => ({
  plain: [`${name}.all`],
  labels: ['0', '1'],
  senteval: [
    { path: join(folder, negative), label: '0' },
    { path: join(folder, positive), label: '1' },
  ],
});

const files: Readonly<Record<string, TaskFiles>> = {
  mr: twoClasses('MR', 'MR', 'rt-polarity.neg', 'rt-polarity.pos'),
  cr: twoClasses('CR', 'CR', 'custrev.neg', 'custrev.pos'),
  subj: twoClasses('SUBJ', 'SUBJ', 'subj.subjective', 'subj.objective'),
  mpqa: twoClasses('MPQA', 'MPQA', 'mpqa.neg', 'mpqa.pos'),
  trec: {
    plain: ['TREC.train.all', 'TREC.test.all'],
    labels: ['0', '1', '2', '3', '4', '5'],
    senteval: [{ path: join('TREC', 'train_5500.label') }, { path: join('TREC', 'TREC_10.label') }],
  },
};

/** Of the built-in stories. */
const builtInTask = 'subject';

export const sentenceTasks: readonly string[] = [...Object.keys(files), builtInTask];

/** Coarse classes in the order in which the plain files number them. */
const coarse = ['DESC', 'ENTY', 'ABBR', 'HUM', 'LOC', 'NUM'];

/**
 * @param data - the folder that holds the task's files; `builtin` for the task of the built-in stories.
 * @throws {CpcError} if there is no such task, its files are missing, or a line's label is wrong.
 */
export async function openTask(name: string, data: string): Promise<SentenceTask> {
  if ((name === builtInTask) !== (data === builtInData)) {
    const expected = `the task ${builtInTask} with --builtin, and any other with --data`;
    const received = `${name} with ${data === builtInData ? '--builtin' : `--data ${data}`}`;
    throw new CpcArgumentError({ where: 'probe', argument: '--task', expected, received });
  }
  return withFingerprint(name === builtInTask ? { name, ...subjectTask() } : await openSentenceTask(name, data));
}

function withFingerprint(task: Omit<SentenceTask, 'fingerprint'>): SentenceTask {
  const { sentences, labels, classes } = task.data;
  const hash = createHash('sha256').update(JSON.stringify([sentences, [...labels], classes, task.testFrom ?? null]));
  return { ...task, fingerprint: `sentences:${sentences.length}:${hash.digest('hex').slice(0, 32)}` };
}

async function openSentenceTask(name: string, folder: string): Promise<Omit<SentenceTask, 'fingerprint'>> {
  const task = Object.hasOwn(files, name) ? files[name] : undefined;
  if (task === undefined)
    throw new CpcError({
      where: 'probe',
      expected: `a task out of ${sentenceTasks.join(', ')}`,
      received: `"${name}"`,
    });
  const parts = await readParts(task, folder);
  const data = labelledSentences(parts.flat(), join(folder, task.plain[0] ?? ''));
  return name === 'trec' ? { name, data, testFrom: parts[0]?.length ?? 0 } : { name, data };
}

async function readParts({ plain, labels, senteval }: TaskFiles, folder: string): Promise<Labelled[][]> {
  const present = (paths: readonly string[]) => paths.every((path) => existsSync(join(folder, path)));
  if (present(plain)) {
    return Promise.all(
      plain.map(async (path) => parseLabelledLines(await utf8(join(folder, path)), join(folder, path), labels)),
    );
  }
  if (present(senteval.map(({ path }) => path))) {
    return Promise.all(
      senteval.map(async ({ path, label }) => {
        const text = await utf8OrLatin1(join(folder, path));
        return label === undefined ? coarseQuestions(text, join(folder, path)) : labelledAlike(text, label);
      }),
    );
  }
  throw new CpcError({
    where: folder,
    expected: `${plain.join(' and ')}, or ${senteval.map(({ path }) => path).join(' and ')}`,
    received: 'neither',
  });
}

/** `DESC:manner How did …` */
function coarseQuestions(text: string, where: string): Labelled[] {
  const known = new Map(coarse.map((name, place) => [name, String(place)]));
  return parseLabelledLines(text, where).map(({ label, sentence }, index) => {
    const [name = ''] = label.split(':');
    const place = known.get(name);
    if (place !== undefined) return { label: place, sentence };
    throw new CpcError({
      where: `${where}, question ${index + 1}`,
      expected: `a class out of ${coarse.join(', ')}, then a colon`,
      received: label,
    });
  });
}

async function utf8(path: string): Promise<string> {
  const bytes = await readRegularFile(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CpcError({ where: path, expected: 'UTF-8 text', received: 'other bytes', fix: 'Convert it.', cause });
  }
}

/** SentEval's files are Latin-1 as distributed. */
async function utf8OrLatin1(path: string): Promise<string> {
  const bytes = await readRegularFile(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}
