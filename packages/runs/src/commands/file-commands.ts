/** `cpc <domain> embed` and `cpc <domain> export`: a run in, files out. */
import { join } from 'node:path';
import { type Control, defineTask, type TaskCommand, type TaskEvent } from './command.js';
import { engineOptions, engineRequestOf } from './engine-options.js';
import { type CommandOptions, flag, type GivenOf, optional } from './option.js';
import { ownValues, pathsIn } from './own-values.js';
import type { EmbedRequest, ExportRequest } from './requests.js';
import { requireOutput } from './require-output.js';
import { outputOptions, runOptions, strictOptions } from './run-options.js';
import { builtInData, dataOf, dataOptions } from './source-options.js';
import { representation } from './values.js';

export interface EmbedDescription<Own extends CommandOptions> {
  /** What a person names as data, as a word to fill in such as `SENTENCES.txt`, where that is not what was trained on. */
  readonly otherData?: string;
  /** Options of the domain's own; their values go into the request under their keys. */
  readonly options?: Own;
  readonly run: (request: EmbedRequest & GivenOf<Own>, control: Control) => AsyncGenerator<TaskEvent, void, undefined>;
}

/** The command `embed` of a domain. */
export function embedCommand<const Own extends CommandOptions>(description: EmbedDescription<Own>): TaskCommand {
  const { otherData, options: own } = description;
  return defineTask({
    name: 'embed',
    summary: 'write the features of your data to a file',
    options: { ...embedOptions, ...own, ...engineOptions },
    examples: ['--run runs/first --data my-data --out features.npy'],
    prepare: async (given): Promise<EmbedRequest> => {
      const { run, out, pooled, strict } = given;
      const data = dataOf(given);
      const others = ownValues(given, own);
      await requireOutput('--out', out, { run, data, others: pathsIn(others) });
      const asked = { ...others, run, data, out, representation: given.representation, pooled, strict };
      return { ...asked, engine: engineRequestOf(given) };
    },
    run: (request, control) => description.run(request as EmbedRequest & GivenOf<Own>, control), // as prepared
    next: ({ out, data }) => {
      const source = data === builtInData ? ['--builtin'] : ['--data', otherData ?? data];
      return ['embed', '--run', out, ...source, '--out', join(out, 'embeddings.npy')];
    },
  });
}

const embedOptions = {
  ...runOptions,
  ...dataOptions,
  ...outputOptions(['.npy', '.safetensors', '.parquet']),
  representation: optional(representation, {
    placeholder: '<name>',
    help: 'features of the encoder or of the context',
    choices: ['latent', 'context'],
  }),
  pooled: flag('one vector per input instead of one per position'),
  ...strictOptions,
};

export interface ExportDescription<Own extends CommandOptions> {
  readonly domain: string;
  /** Options of the domain's own; their values go into the request under their keys. */
  readonly options?: Own;
  readonly run: (request: ExportRequest & GivenOf<Own>, control: Control) => AsyncGenerator<TaskEvent, void, undefined>;
}

/** The command `export` of a domain. */
export function exportCommand<const Own extends CommandOptions>(description: ExportDescription<Own>): TaskCommand {
  const { domain, options: own } = description;
  return defineTask({
    name: 'export',
    summary: 'write the model as an ONNX file',
    options: { ...exportOptions, ...own },
    examples: [`--run runs/first --out ${domain}.onnx`],
    prepare: async (given): Promise<ExportRequest> => {
      const { run, out } = given;
      const others = ownValues(given, own);
      await requireOutput('--out', out, { run, others: pathsIn(others) });
      return { ...others, run, out };
    },
    run: (request, control) => description.run(request as ExportRequest & GivenOf<Own>, control), // as prepared
    next: ({ out }) => ['export', '--run', out, '--out', join(out, `${domain}.onnx`)],
  });
}

const exportOptions = { ...runOptions, ...outputOptions(['.onnx']) };
