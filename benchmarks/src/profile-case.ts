/** ONNX Runtime's profile of a case's own side. */
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchmarkCase, CaseOptions } from '@cpc/testing';
import { type OperatorTime, operatorTimes } from './profile.js';
import { caseTools } from './tools.js';

export interface ProfileOptions extends CaseOptions {
  /** Steps that are counted. */
  readonly steps: number;
  readonly warmUpSteps: number;
  /** Keeps the runtime's files here, to be looked at in Perfetto or chrome://tracing; they are deleted if left out. */
  readonly folder?: string;
}

/** Operators of one step by their own time, in every part of the model; all functions of the step, one after the other. */
export async function profileCase(subject: BenchmarkCase, options: ProfileOptions): Promise<OperatorTime[]> {
  const temporary = await mkdtemp(join(tmpdir(), 'cpc-profile-'));
  const folder = options.folder ?? temporary;
  await mkdir(folder, { recursive: true });
  try {
    const prefix = `${subject.name}-${Date.now()}`;
    await runSteps(subject, options, join(folder, prefix));
    const files = (await readdir(folder)).filter((file) => file.startsWith(prefix));
    const lists = await Promise.all(
      files.map(async (file) =>
        operatorTimes(JSON.parse(await readFile(join(folder, file), 'utf8')), options.warmUpSteps),
      ),
    );
    return lists.flat();
  } finally {
    await rm(temporary, { recursive: true });
  }
}

async function runSteps(subject: BenchmarkCase, options: ProfileOptions, profile: string): Promise<void> {
  const { threads, warmUpSteps, steps } = options;
  const side = await subject.ours(await subject.prepare(options), caseTools({ threads, profile }));
  for (let number = 1; number <= warmUpSteps + steps; number++) await side.step(number);
  await side.dispose(); // completes the files
}
