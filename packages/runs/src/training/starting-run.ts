/** `train --from RUN`: the parameters of another run, checked against the model that is to go on from them. */
import { existsSync } from 'node:fs';
import { CpcArgumentError } from '@cpc/base';
import { type DamagedCheckpoint, flatten, type HostArray, newestWhole, parametersOf, type Tree } from '@cpc/core';
import type { ResolvedSetting, RunRecord } from '@cpc/records';
import { createCheckpointStore } from '../checkpoints/checkpoints.js';
import { decodeModelFile, lastGoodKey, type ModelFile, readModelFile, stepKey } from '../models/model-file.js';
import { readRunRecord, runPaths } from '../run-folder/run-folder.js';

/** What a new run starts from. */
export interface StartingRun {
  /** As it was named. */
  readonly run: string;
  /** Updates that its parameters have seen. */
  readonly step: number;
  readonly parameters: Tree<HostArray>;
  /** What a user should know: checkpoints that were passed over, a model without a checksum. */
  readonly warnings?: readonly string[] | undefined;
}

/** The model that is to start from it. */
export interface StartedModel {
  readonly domain: string;
  /** As they would be without another run. */
  readonly initial: Tree<HostArray>;
  readonly settings: Readonly<Record<string, ResolvedSetting>>;
}

/**
 * The newest parameters of a run: of its checkpoints, or of `model.safetensors` where it has none, or failed after its last good update.
 *
 * @throws {CpcArgumentError} if it is a run of another domain, or its model has other shapes; the settings that differ are named.
 * @throws {CpcError} if the folder holds no run, or one without parameters.
 */
export async function readStartingRun(run: string, model: StartedModel): Promise<StartingRun> {
  const record = await readRunRecord(run);
  if (record.domain !== model.domain)
    throw wrongRun(run, `a run of the domain ${model.domain}`, `one of ${record.domain}`);
  const { checkpoints } = runPaths(run);
  const kept = existsSync(runPaths(run).model) ? await modelOf(run, model.domain) : undefined;
  const warnings: string[] = [];
  const store = createCheckpointStore(checkpoints);
  const passedOver = ({ path, reason }: DamagedCheckpoint) => warnings.push(`${path} is passed over: ${reason}`);
  const checkpoint = kept?.isLastGood ? undefined : await newestWhole(store, checkpoints, passedOver);
  const found =
    checkpoint === undefined
      ? (kept ?? (await modelOf(run, model.domain)))
      : { parameters: parametersOf(checkpoint), step: checkpoint.step, warnings };
  requireSameShapes(run, found.parameters, record, model);
  return {
    run,
    parameters: found.parameters,
    warnings: found.warnings,
    step: found.step ?? record.totals.steps,
  };
}

interface Model extends Pick<ModelFile, 'parameters' | 'warnings'> {
  /** Not in the files of earlier versions. */
  readonly step: number | undefined;
  /** The run went wrong after it, so that a later checkpoint is no better. */
  readonly isLastGood: boolean;
}

async function modelOf(run: string, domain: string): Promise<Model> {
  const { bytes, path } = await readModelFile(run, domain);
  const { parameters, warnings, metadata } = decodeModelFile(bytes, path, domain);
  const step = metadata[stepKey] === undefined ? undefined : Number(metadata[stepKey]);
  return { parameters, warnings, step, isLastGood: metadata[lastGoodKey] === 'true' };
}

function requireSameShapes(run: string, parameters: Tree<HostArray>, record: RunRecord, model: StartedModel): void {
  const given = shapesOf(parameters);
  const wanted = shapesOf(model.initial);
  const paths = [...new Set([...wanted.keys(), ...given.keys()])];
  const path = paths.find((each) => given.get(each) !== wanted.get(each));
  if (path === undefined) return;
  const differing = Object.keys(model.settings).filter((name) => {
    const before = record.settings[name]?.value;
    return JSON.stringify(before) !== JSON.stringify(model.settings[name]?.value);
  });
  const inWords = differing.map((name) => {
    const [before, now] = [record.settings[name]?.value, model.settings[name]?.value];
    return `${name} ${JSON.stringify(before)} there, ${JSON.stringify(now)} here`;
  });
  throw wrongRun(
    run,
    `a model of the same shapes (${path}: ${wanted.get(path) ?? 'no such parameter'})`,
    `${given.get(path) ?? 'no such parameter'}; settings that differ: ${inWords.join('; ') || 'none'}`,
    'Settings of the optimiser may differ, those of the model may not: leave them as they are in that run.',
  );
}

function shapesOf(parameters: Tree<HostArray>): Map<string, string> {
  return new Map(Object.entries(flatten(parameters)).map(([path, { shape }]) => [path, `[${shape.join(', ')}]`]));
}

function wrongRun(run: string, expected: string, received: string, fix?: string): CpcArgumentError {
  return new CpcArgumentError({ where: `--from ${run}`, argument: '--from', expected, received, fix });
}
