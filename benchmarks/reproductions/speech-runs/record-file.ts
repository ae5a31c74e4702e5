/** A record in the folder of an ablation that grows run by run, and the files that are made from it. Knows no record in particular. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { CpcError } from '@cpc/core';
import type { ResolvedSetting } from '@cpc/records';
import { makeFolder, readRegularText, writeFileAtomically } from '@cpc/runs';

/** What decides whether runs may stand beside one another. */
export interface Comparable {
  readonly preset: string;
  readonly settings: Readonly<Record<string, ResolvedSetting>>;
  readonly steps: number;
  readonly task?: string | undefined;
  /** Fingerprints by name. */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
}

/** How a record is read, completed and shown. */
export interface RecordKind<Entry extends Comparable> {
  readonly parse: (text: string, where: string) => Entry;
  readonly format: (record: Entry, where: string) => string;
  /** Fills in what follows from the runs. */
  readonly complete: (record: Entry) => Entry;
  /** Texts made from it, by path. */
  readonly views: (record: Entry) => Readonly<Record<string, string>>;
  /** What else must be the same to go on, by name. */
  readonly identity?: (record: Entry) => Readonly<Record<string, string>>;
}

export interface RecordFile<Entry> {
  /** As it is now. */
  readonly record: () => Entry;
  /** Replaces fields of the record, and what is made from it. */
  readonly update: (changes: Partial<Entry>) => Promise<void>;
}

/**
 * Opens the record of what was begun in a folder, or begins it.
 *
 * @param begun - the record as it is before the first run.
 * @throws {CpcError} if what was begun has other settings, steps, task or data.
 * @throws {RecordError} if the file is damaged.
 */
export async function openRecordFile<Entry extends Comparable>(
  path: string,
  begun: Entry,
  { parse, format, complete, views, identity = () => ({}) }: RecordKind<Entry>,
): Promise<RecordFile<Entry>> {
  await makeFolder(dirname(path));
  let record = begun;
  if (existsSync(path)) {
    const before = parse(await readRegularText(path), path);
    const partsOf = (entry: Entry) => ({ ...comparableParts(entry, before.inputs !== undefined), ...identity(entry) });
    requireSame(path, partsOf(before), partsOf(begun));
    record = { ...begun, ...before, inputs: begun.inputs }; // fields that came later are filled in
  }
  const update = async (changes: Partial<Entry>) => {
    record = complete({ ...record, ...changes });
    await writeFileAtomically(path, format(record, path));
    for (const [view, text] of Object.entries(views(record))) await writeFileAtomically(view, text);
  };
  await update({}); // what is made from the record may be missing, or of an older version
  return { record: () => record, update };
}

type Parts = Readonly<Record<string, string>>;

/** @param withInputs - a record of before `inputs` is taken at its word. */
function comparableParts({ settings, steps, task, preset, inputs }: Comparable, withInputs: boolean): Parts {
  return {
    ...Object.fromEntries(Object.entries(settings).map(([name, { value }]) => [name, JSON.stringify(value)])),
    steps: String(steps),
    ...(task === undefined ? {} : { task }),
    preset,
    ...(withInputs ? inputs : {}),
  };
}

/** Runs of other settings would stand in one table. */
function requireSame(path: string, then: Parts, today: Parts): void {
  const different = Object.keys({ ...then, ...today }).filter((name) => then[name] !== today[name]);
  if (different.length === 0) return;
  const textOf = (parts: Parts) => different.map((name) => `${name} ${parts[name] ?? 'none'}`).join(', ');
  throw new CpcError({
    where: path,
    expected: `what was begun here (${textOf(then)})`,
    received: textOf(today),
    fix: 'Give the same to go on with it, or another folder. Nothing was changed.',
  });
}
