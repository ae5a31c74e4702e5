/** An ablation of seconds: half a second of speech-like sound of each of four speakers, and a model of a few channels. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeWav } from '@cpc/audio';
import type { Control, TaskEvent } from '@cpc/runs';
import type { AblateRequest } from '../speech-runs/speech-runs.js';

const ids = ['1-1-0000', '2-1-0000', '3-1-0000', '4-1-0000'];

/** Writes recordings of speakers 1 to 4, hiss and tone in turn, with the authors' label file. */
export async function writeTinySpeech(path: string): Promise<void> {
  await mkdir(path);
  const isTone = (sample: number) => Math.floor(sample / 1600) % 2 === 1;
  for (const [index, id] of ids.entries()) {
    const samples = Float32Array.from({ length: 8000 }, (_, n) =>
      isTone(n) ? 0.5 * Math.sin(n / (5 + index)) : 0.1 * Math.sin(n ** 2),
    );
    await writeFile(join(path, `${id}.wav`), encodeWav({ sampleRateHz: 16_000, channels: [samples] }));
  }
  const labels = Array.from({ length: 48 }, (_, label) => (isTone(160 * label + 200) ? 7 : 3)).join(' ');
  await writeFile(join(path, 'converted_aligned_phones.txt'), ids.map((id) => `${id} ${labels}\n`).join(''));
}

/** A setting as typed behind `--set`. */
export const set = (value: number | string) => ({ value, source: 'set' }) as const;

/** Two rows, one seed, three updates; windows of 30 latents. */
export function tinyAblation(data: string, out: string, change: Partial<AblateRequest> = {}): AblateRequest {
  return {
    data,
    probeData: data,
    preset: 'small',
    overrides: { channels: set(6), contextUnits: set(5), windowSamples: set(4800), batchSize: set(2) },
    steps: 3,
    seeds: [2],
    rows: ['steps-2', 'own-sequence'],
    task: 'phones',
    engine: { name: 'onnx', threads: 1 },
    out,
    strict: false,
    command: 'test',
    ...change,
  };
}

type Reproduction<Request> = (request: Request, control: Control) => AsyncGenerator<TaskEvent, void, undefined>;

/** Runs until done, or until the stop is asked for at the event that `stopAt` names. */
export async function reproduce<Request>(
  make: Reproduction<Request>,
  asked: Request,
  stopAt?: (event: TaskEvent) => boolean,
): Promise<TaskEvent[]> {
  let stopped = false;
  const events: TaskEvent[] = [];
  for await (const event of make(asked, { stopRequested: () => stopped })) {
    events.push(event);
    if (stopAt?.(event) === true) stopped = true;
  }
  return events;
}
