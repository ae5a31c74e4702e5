/** `--word-vectors FILE`: words made elsewhere, for domains whose input is words. */
import type { DomainCommands } from '@cpc/runs';
import { type Command, Option } from 'commander';
import { existingPath } from './existing-path.js';
import { path } from './values.js';

export interface WordVectorsOption {
  readonly wordVectors?: string;
}

/** Adds the option to a command of a domain that heeds it. */
export function addWordVectorsOption(command: Command, { wordVectors }: DomainCommands): Command {
  if (wordVectors !== true) return command;
  const text = 'vectors of further words, mapped to the learned ones; word2vec, GloVe or fastText';
  return command.addOption(new Option('--word-vectors <file>', text).argParser(path));
}

/** As part of a request. */
export function wordVectorsOf({ wordVectors }: WordVectorsOption): WordVectorsOption {
  if (wordVectors === undefined) return {};
  return { wordVectors: existingPath('--word-vectors', wordVectors) };
}
