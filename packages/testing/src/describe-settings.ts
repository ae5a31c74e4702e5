/**
 * What holds for the settings of every domain, as a test: call it in the domain's own test file.
 *
 * Each setting has legal values, and so have all of them together only sometimes. Whatever is drawn has to be refused before any work
 * begins, or be good for a training step: nothing else, such as a refusal from deep inside after the data have been prepared.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CpcError, createRandom, type Random } from '@cpc/core';
import type { TrainingEvent } from '@cpc/records';
import type { Control, SettingOverrides, TrainRequest } from '@cpc/runs';
import { expect, it } from 'vitest';

type Value = SettingOverrides[string]['value'];

export interface DescribeSettingsOptions {
  readonly train: (request: TrainRequest, control: Control) => AsyncGenerator<TrainingEvent, void, undefined>;
  /** As in `TrainRequest`; small. */
  readonly data: string;
  /** Values of each setting that is drawn, each legal by itself; those of the preset `small` are kept for others. */
  readonly values: Readonly<Record<string, readonly [Value, ...Value[]]>>;
  /** A refusal that depends on the data, which only a look at them can show; the folder must not have become a run then. */
  readonly refusedForData?: RegExp;
  /** How many sets are drawn. */
  readonly draws: number;
  /** Decides the draws. */
  readonly seed: number;
}

/** One test: every drawn set of settings is refused by name before work begins, or trains a step. */
export function describeSettings(options: DescribeSettingsOptions): void {
  const { values, draws, seed } = options;
  it(`refuses by name or trains a step with each of ${draws} sets of settings drawn from legal values, seed ${seed}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cpc-settings-'));
    const counts = { refused: 0, trained: 0 };
    const wrong: string[] = [];
    try {
      for (let draw = 0; draw < draws; draw++) {
        const overrides = drawn(values, createRandom(seed).fold('settings', draw));
        const outcome = await outcomeOfStep(options, overrides, join(folder, String(draw)));
        if (outcome === 'refused' || outcome === 'trained') counts[outcome] += 1;
        else wrong.push(`${outcome}: ${textOf(overrides)}`);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(wrong).toEqual([]);
    expect(Math.min(counts.refused, counts.trained)).toBeGreaterThan(draws / 10); // else it would show little
  }, 600_000);
}

/** Two in three settings keep the preset's value or the first one, so that not everything is refused. */
function drawn(values: DescribeSettingsOptions['values'], random: Random): SettingOverrides {
  const chosen = Object.entries(values).map(([name, [first, ...others]]) => {
    const own = random.fold(name);
    const value = others.length === 0 || own.uniform() < 2 / 3 ? first : others[own.integer(others.length)];
    return [name, { value: value ?? first, source: 'set' }] as const;
  });
  return Object.fromEntries(chosen);
}

/** `refused`, `trained`, or what is wrong. */
async function outcomeOfStep(
  { train, data, values, refusedForData }: DescribeSettingsOptions,
  overrides: SettingOverrides,
  out: string,
): Promise<string> {
  const request = {
    data,
    preset: 'small',
    overrides,
    steps: 1,
    seed: 1,
    out,
    resume: false,
    strict: false,
    command: 'test',
    engine: { name: 'onnx', threads: 1 },
  } as const;
  try {
    for await (const event of train(request, { stopRequested: () => false }))
      if (event.type === 'run-end') return event.step === 1 ? 'trained' : `ended after ${event.step} steps`;
    return 'did not end';
  } catch (error) {
    if (!CpcError.isInstance(error)) throw error;
    if (existsSync(out)) return `left a folder behind, and failed with ${error.message}`;
    const isNamed = namesOneOf(error.message, Object.keys(values)) || refusedForData?.test(error.message) === true;
    return isNamed ? 'refused' : `failed with ${error.message}`;
  }
}

/** A refusal has to name a setting, before it lists all there are. */
function namesOneOf(message: string, names: readonly string[]): boolean {
  const [said = ''] = message.split('Settings are ');
  return names.some((name) => said.includes(`${name}: `));
}

function textOf(overrides: SettingOverrides): string {
  return Object.entries(overrides)
    .map(([name, { value }]) => `${name}=${JSON.stringify(value)}`)
    .join(' ');
}
