/**
 * What a domain's models are: what their metadata hold beside the seed, how that is read, and which parameters go with it. From this
 * follow writing, loading and checking (`model-file.ts`).
 */
import {
  decodeModelFile,
  type ModelFile,
  metadataJson,
  modelFileMetadata,
  readModelFile,
  requireParameterShapes,
} from './model-file.js';

/** What the metadata of a model hold, by name: its settings, and what a domain adds. */
export type ModelContents = Readonly<Record<string, unknown>>;

export interface ModelDescription<Contents extends ModelContents> {
  /** Name of the domain, such as `audio`. */
  readonly domain: string;
  /** How each part is read from JSON, in the order in which they are written; they throw an error that names `where`. */
  readonly contents: { readonly [Name in keyof Contents]: (value: unknown, where: string) => Contents[Name] };
  /** Shapes of the parameters that there must be, by path. */
  readonly shapes: (contents: Contents) => Readonly<Record<string, readonly number[]>>;
}

/** A model that was read: its contents, its parameters, and what a user should know of it. */
export type ReadModel<Contents extends ModelContents> = Contents & Pick<ModelFile, 'parameters' | 'seed' | 'warnings'>;

export interface ModelKind<Contents extends ModelContents> {
  /** For `writeModelFile`. Every part as JSON has it. */
  readonly metadata: (contents: { readonly [Name in keyof Contents]: unknown }, seed: number) => Record<string, string>;
  /**
   * The model of a run.
   *
   * @throws {CpcError} if there is none yet, it is damaged, or it is of another domain.
   */
  readonly load: (run: string) => Promise<ReadModel<Contents>>;
  /**
   * The model in the bytes of a `model.safetensors`.
   *
   * @param path - named in the error.
   * @throws {CpcError} if it is damaged, of another domain, or its parameters do not fit its contents.
   */
  readonly decode: (bytes: Uint8Array, path: string) => ReadModel<Contents>;
}

/**
 * @example
 * const speechModels = createModelKind({ domain: 'audio', contents: { settings: parseSpeechSettings }, shapes });
 * const { settings, parameters } = await speechModels.load('runs/first');
 */
export function createModelKind<Contents extends ModelContents>(
  description: ModelDescription<Contents>,
): ModelKind<Contents> {
  const { domain, shapes } = description;
  const names = Object.keys(description.contents);
  const decode = (bytes: Uint8Array, path: string): ReadModel<Contents> => {
    const file = decodeModelFile(bytes, path, domain);
    const contents = readContents(description, file, path);
    requireParameterShapes(file, shapes(contents), { origin: `its ${names.join(' and ')}`, where: path });
    return { ...contents, parameters: file.parameters, seed: file.seed, warnings: file.warnings };
  };
  return {
    decode,
    load: async (run) => {
      const { bytes, path } = await readModelFile(run, domain);
      return decode(bytes, path);
    },
    metadata: (contents, seed) => {
      const added = names.map((name) => [name, JSON.stringify(contents[name])]);
      return modelFileMetadata(domain, seed, Object.fromEntries(added));
    },
  };
}

function readContents<Contents extends ModelContents>(
  { contents }: ModelDescription<Contents>,
  file: ModelFile,
  where: string,
): Contents {
  const read = Object.entries(contents).map(([name, parse]) => [name, parse(metadataJson(file, name, where), where)]);
  return Object.fromEntries(read);
}
