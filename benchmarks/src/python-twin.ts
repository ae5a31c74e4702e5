/**
 * The other side of a case in Python, in a process of its own that lives as long as the case.
 *
 * `choose` runs in earlier processes, one for each way to allocate memory: what they try takes memory that the timed one
 * should not be charged with.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { CpcError } from '@cpc/core';
import type { CaseInput, Contestant, Skipped } from '@cpc/testing';
import { z } from 'zod';
import { readGradients, writeInput } from './hand-over.js';
import { type LineProcess, startLineProcess } from './line-process.js';
import { pythonFolder } from './places.js';

export interface PythonTwinOptions {
  /** Path of the program; it may import what stands in `benchmarks/python`. */
  readonly script: string;
  readonly threads: number;
  /** What it imports, as pip calls it; default `torch`. */
  readonly packages?: string;
  /** Default `python3`. */
  readonly python?: string;
}

const refusalSchema = z.union([z.object({ skip: z.string() }), z.object({ error: z.string() })]);
const choiceSchema = z.object({
  forms: z.record(z.string(), z.string()),
  milliseconds: z.number(),
  notes: z.record(z.string(), z.unknown()),
});
const loadedSchema = z.object({
  name: z.string(),
  versions: z.record(z.string(), z.string()),
  prepareMilliseconds: z.number(),
});
const checkedSchema = z.object({ milliseconds: z.number(), lossNats: z.number() });
const timedSchema = z.object({
  milliseconds: z.number(),
  lossNats: z.number().optional(),
  iterations: z.int().optional(),
});
const memorySchema = z.object({ peakBytes: z.number().nullable() });

/**
 * Ways to allocate memory, as environment variables. By default the C library of Linux hands every large block back to the
 * system when it is freed, and the next step pays for its pages again: more than the arithmetic on virtual machines.
 */
const allocators: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'default allocator': {},
  'freed memory kept': { MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: '1000000000000' },
};

/** Thrown inside this file where the program says that it cannot run here. */
class SkipSignal extends Error {}

/**
 * Starts the program with the case's parameters and batches.
 *
 * @returns the side, or why there is none: no Python, or not what the program imports.
 * @throws {CpcError} if the program fails in another way.
 */
export async function pythonTwin(input: CaseInput, options: PythonTwinOptions): Promise<Contestant | Skipped> {
  const { python = 'python3', packages = 'torch' } = options;
  if (!(await startsAtAll(python))) {
    return { skipped: `${python} is not on the PATH; install Python 3.10 or newer and: pip install ${packages}` };
  }
  const folder = await mkdtemp(join(tmpdir(), 'cpc-twin-'));
  try {
    return await contestant(input, { ...options, python }, folder);
  } catch (error) {
    await rm(folder, { recursive: true });
    if (error instanceof SkipSignal) return { skipped: error.message };
    throw error;
  }
}

async function contestant(
  input: CaseInput,
  { python, script, threads }: Omit<Required<PythonTwinOptions>, 'packages'>,
  folder: string,
): Promise<Contestant> {
  const request = { tensors: join(folder, 'input.safetensors'), settings: input.settings, threads };
  await writeInput(input, request.tensors);
  const { allocator, forms, notes } = await choose(python, script, request);
  const twin = startTwin(python, script, allocator);
  const loaded = await ask(twin, { command: 'load', ...request, forms }, loadedSchema).catch(async (error: unknown) => {
    await twin.close();
    throw error;
  });
  return {
    ...loaded,
    name: `${loaded.name}, ${allocator}`,
    notes,
    check: async (number) => {
      const into = join(folder, 'gradients.safetensors');
      const loss = await ask(twin, { command: 'check', number, into }, checkedSchema);
      return { ...loss, gradients: await readGradients(into) };
    },
    step: async (number) => {
      const { milliseconds, lossNats, iterations } = await ask(twin, { command: 'step', number }, timedSchema);
      return {
        milliseconds,
        ...(lossNats === undefined ? {} : { lossNats }),
        ...(iterations === undefined ? {} : { iterations }),
      };
    },
    peakMemoryBytes: async () => (await ask(twin, { command: 'memory' }, memorySchema)).peakBytes ?? undefined,
    dispose: async () => {
      await twin.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The fastest forms under the allocator with which they are fastest; `notes` tells what all of them took. */
async function choose(python: string, script: string, request: object) {
  let fastest = { allocator: '', milliseconds: Number.POSITIVE_INFINITY, forms: {} };
  const notes: Record<string, unknown> = {};
  for (const allocator of Object.keys(allocators)) {
    const chooser = startTwin(python, script, allocator);
    try {
      const choice = await ask(chooser, { command: 'choose', ...request }, choiceSchema);
      notes[allocator] = choice.notes;
      if (choice.milliseconds < fastest.milliseconds) fastest = { allocator, ...choice };
    } finally {
      await chooser.close();
    }
  }
  return { ...fastest, notes };
}

function startTwin(python: string, script: string, allocator: string): LineProcess {
  const PYTHONPATH = [pythonFolder, process.env.PYTHONPATH ?? ''].filter((path) => path !== '').join(delimiter);
  return startLineProcess(python, [script], { PYTHONPATH, ...allocators[allocator] });
}

async function ask<Schema extends z.ZodType>(
  twin: LineProcess,
  request: object,
  schema: Schema,
): Promise<z.output<Schema>> {
  const answer = await twin.ask(request);
  const refusal = refusalSchema.safeParse(answer);
  if (refusal.success && 'skip' in refusal.data) throw new SkipSignal(refusal.data.skip);
  const accepted = schema.safeParse(answer);
  if (accepted.success) return accepted.data;
  throw new CpcError({
    where: 'Python twin',
    expected: 'an answer to its command',
    received: refusal.success && 'error' in refusal.data ? refusal.data.error : JSON.stringify(answer),
  });
}

async function startsAtAll(python: string): Promise<boolean> {
  try {
    await promisify(execFile)(python, ['--version']);
    return true;
  } catch {
    return false;
  }
}
