/** `cpc <domain> embed` and `cpc <domain> export`: a run in, files out. */
import type { EmbedRequest, ExportRequest } from '@cpc/runs';
import { type Command, Option } from 'commander';
import type { LoadedDomain } from '../domains/load-domain.js';
import { exitCodes } from '../errors.js';
import { addDataOptions, type DataOptions, dataOf } from '../options/data-option.js';
import { addEngineOptions, type EngineOptions, engineRequestOf } from '../options/engine-options.js';
import { addGeneralOptions, type GeneralOptions } from '../options/general-options.js';
import { requireOutput } from '../options/output-option.js';
import { addRunOption, type RunOption, runOf } from '../options/run-option.js';
import { fileEndingIn } from '../options/values.js';
import { addWordVectorsOption, type WordVectorsOption, wordVectorsOf } from '../options/word-vectors-option.js';
import { table } from '../terminal/text.js';
import type { Context } from './context.js';
import { runTask, withProgress } from './domain-work.js';

export interface EmbedOptions extends RunOption, DataOptions, EngineOptions, GeneralOptions, WordVectorsOption {
  readonly out: string;
  readonly representation?: 'latent' | 'context';
  readonly pooled?: true;
  readonly strict?: true;
}

export interface ExportOptions extends RunOption, GeneralOptions, WordVectorsOption {
  readonly out: string;
  readonly inputScaling?: boolean;
}

export function addEmbedOptions(command: Command, { commands }: LoadedDomain): Command {
  addDataOptions(addRunOption(command))
    .addOption(outOption(['.npy', '.safetensors', '.parquet']))
    .addOption(
      new Option('--representation <name>', 'features of the encoder or of the context').choices(['latent', 'context']),
    )
    .addOption(new Option('--pooled', 'one vector per input instead of one per position'))
    .addOption(new Option('--strict', 'stop at the first file that cannot be used, instead of skipping it'));
  return addGeneralOptions(addEngineOptions(addWordVectorsOption(command, commands)));
}

export function addExportOptions(command: Command, { commands }: LoadedDomain): Command {
  addRunOption(command).addOption(outOption(['.onnx']));
  if (commands.exportOptions?.includes('scalesInput'))
    command.option('--no-input-scaling', 'leave the scaling of the input to who uses the file, as streams need it');
  return addGeneralOptions(addWordVectorsOption(command, commands));
}

export function embedRequest(options: EmbedOptions): EmbedRequest {
  return {
    run: runOf(options),
    data: dataOf(options),
    out: options.out,
    representation: options.representation,
    pooled: options.pooled === true,
    ...wordVectorsOf(options),
    engine: engineRequestOf(options),
    strict: options.strict === true,
  };
}

export async function runEmbed(domain: LoadedDomain, options: EmbedOptions, context: Context): Promise<number> {
  const request = embedRequest(options);
  await requireOutput('--out', options.out, request);
  return writeFiles(domain, 'embed', request, options, context);
}

export async function runExport(domain: LoadedDomain, options: ExportOptions, context: Context): Promise<number> {
  const request: ExportRequest = {
    run: runOf(options),
    out: options.out,
    ...(options.inputScaling === false ? { scalesInput: false } : {}),
    ...wordVectorsOf(options),
  };
  await requireOutput('--out', options.out, request);
  return writeFiles(domain, 'export', request, options, context);
}

async function writeFiles(
  domain: LoadedDomain,
  method: 'embed' | 'export',
  request: EmbedRequest | ExportRequest,
  { json }: GeneralOptions,
  { output }: Context,
): Promise<number> {
  const [{ files, warnings }, stopped] = await withProgress(async (work) => {
    const summary = await runTask(domain, method, request, work);
    return [summary, work.signal.aborted] as const;
  });
  const status = stopped ? 'interrupted' : 'completed';
  if (json) output.json({ run: request.run, status, files, warnings });
  else if (files.length > 0) output.summary(table(files.map(({ path, description }) => [path, description])));
  return stopped ? exitCodes.interrupted : exitCodes.done;
}

function outOption(endings: readonly string[]): Option {
  return new Option('--out <file>', `file to write, ending in ${endings.join(' or ')}`)
    .argParser(fileEndingIn(endings))
    .makeOptionMandatory();
}
