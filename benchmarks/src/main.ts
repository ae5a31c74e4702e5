/**
 * `npm run -s bench -- [CASE...]`: runs the benchmarks of all packages.
 *
 * Figures go to stdout, what goes on to stderr. Exit codes: 0 done, 1 failed, 2 wrong use.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { CpcArgumentError, CpcError } from '@cpc/core';
import type { BenchmarkCase } from '@cpc/testing';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { type Comparison, compareRecords, comparisonRows } from './check.js';
import { chosenCases, collectCases } from './collect.js';
import { filledDocument } from './documents.js';
import { loadAverage } from './machine.js';
import { machineRates } from './machine-rates.js';
import { measure } from './measure.js';
import { optionalPasses, passRows, withoutPass } from './passes.js';
import { casesFolder, documentPath, passesFolder, resultsFolder } from './places.js';
import { profileRows, ratesLine, totalsByFamily, totalsByOperator, totalsByPart } from './profile.js';
import { profileCase } from './profile-case.js';
import { type CaseRecord, readRecord, readRecords, writeRecord } from './record.js';
import { summaryLines, summaryRows } from './summary.js';
import { textTable } from './table.js';
import { caseTools } from './tools.js';

interface Flags {
  readonly preset: string;
  readonly pairs: number;
  readonly warmUp: number;
  readonly threads: number;
  readonly json?: true;
  readonly out?: string;
  readonly save?: true;
  readonly check?: true;
  readonly list?: true;
  readonly document?: true;
  readonly passes?: true;
  /** A folder, or true for none. */
  readonly profile?: string | true;
}

/** Load average up to which a machine counts as quiet. */
const quietLoad = 0.5;
/** Time for the threads of one side to fall asleep before the other side's turn. */
const settleMilliseconds = 100;

function program(): Command {
  return new Command('bench')
    .description('Times and checks our computations beside the same ones in other programs.')
    .argument('[case...]', 'cases to run; all if none is named')
    .option('--list', 'list the cases')
    .option('--preset <name>', "the domain's settings: paper or small", 'paper')
    .option('--pairs <n>', 'timed steps of each side', wholeNumber, 20)
    .option('--warm-up <n>', 'steps of each side before them', wholeNumber, 4)
    .option('--threads <n>', 'threads of each side', wholeNumber, availableParallelism())
    .option('--json', 'print one JSON object instead of tables')
    .option('--out <file>', 'write the record of one case to a file')
    .option('--save', 'write the records to benchmarks/results')
    .option('--check', 'compare the ratios to the peers with those in benchmarks/results; fails where ours got slower')
    .option(
      '--profile [folder]',
      "sum ONNX Runtime's profile by part of the model and by operator instead; keep its files in the folder",
    )
    .option('--passes', 'measure each case beside itself without one pass of the compiler, pass by pass')
    .option('--document', 'fill docs/benchmarks.md from the records in benchmarks/results')
    .exitOverride();
}

async function run(names: readonly string[], flags: Flags): Promise<void> {
  if (flags.document) return fillDocument();
  const cases = chosenCases(await collectCases(casesFolder), names);
  if (flags.list) return print(cases.map(({ name, summary }) => `${name}: ${summary}`).join('\n'));
  if (flags.out !== undefined && cases.length !== 1) {
    throw new CpcArgumentError({
      where: 'bench',
      argument: '--out',
      expected: 'one case beside --out',
      received: `${cases.length}`,
      fix: 'Name the case, or use --save.',
    });
  }
  if (flags.check) return checkAll(cases, flags);
  if (flags.passes) return measurePasses(cases, flags);
  return flags.profile === undefined ? measureAll(cases, flags) : profileAll(cases, flags, flags.profile);
}

/** Every pass that may be left out, of every timed case; the records, where they are kept, lie in a folder of their own. */
async function measurePasses(cases: readonly BenchmarkCase[], flags: Flags): Promise<void> {
  const records: CaseRecord[] = [];
  for (const subject of cases.filter(({ timed }) => timed)) {
    for (const pass of optionalPasses()) {
      const without = caseTools({ threads: flags.threads, withoutPass: pass });
      const record = await measureCase(withoutPass(subject, pass, without), flags);
      records.push(record);
      if (flags.save) await saveRecord(passesFolder, record);
    }
    if (!flags.json) print(`${subject.name}: ${subject.summary}\n${textTable(passRows(subject.name, records))}\n`);
  }
  if (flags.json) print(JSON.stringify({ records }));
}

async function saveRecord(folder: string, record: CaseRecord): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${record.case}.json`);
  const isAnother = existsSync(path) && (await readRecord(path)).options.preset !== record.options.preset;
  await writeRecord(isAnother ? join(folder, `${record.case}-${record.options.preset}.json`) : path, record);
}

function measureCase(subject: BenchmarkCase, { preset, pairs, warmUp, threads }: Flags): Promise<CaseRecord> {
  const options = { preset, pairs, warmUpSteps: warmUp, threads, settleMilliseconds, report };
  if (subject.timed) warnIfBusy();
  return measure(subject, options, caseTools({ threads }), typedCommand());
}

/** @throws {CpcError} if a case got slower. */
async function checkAll(cases: readonly BenchmarkCase[], flags: Flags): Promise<void> {
  const comparisons: Comparison[] = [];
  for (const subject of cases.filter(({ timed }) => timed)) {
    const names = [`${subject.name}-${flags.preset}.json`, `${subject.name}.json`]; // as saveRecord calls them
    const path = names.map((name) => join(resultsFolder, name)).find(existsSync);
    const committed = path === undefined ? undefined : await readRecord(path);
    comparisons.push(compareRecords(committed, await measureCase(subject, flags)));
  }
  print(flags.json ? JSON.stringify({ comparisons }) : textTable(comparisonRows(comparisons)));
  const slower = comparisons.filter(({ verdict }) => verdict === 'slower').map(({ case: name }) => name);
  if (slower.length === 0) return;
  throw new CpcError({
    where: 'bench --check',
    expected: 'every case as fast beside its peer as its committed record says',
    received: `slower: ${slower.join(', ')}`,
    fix: 'Find what slowed it (--profile), or measure and commit it anew with --save.',
  });
}

async function measureAll(cases: readonly BenchmarkCase[], flags: Flags): Promise<void> {
  const records: CaseRecord[] = [];
  for (const subject of cases) {
    const record = await measureCase(subject, flags);
    records.push(record);
    if (flags.out !== undefined) await writeRecord(flags.out, record);
    if (flags.save) await saveRecord(resultsFolder, record);
    if (!flags.json) print(`${subject.name}: ${subject.summary}\n${recordText(record)}\n`);
  }
  if (flags.json) print(JSON.stringify({ records }));
}

async function profileAll(cases: readonly BenchmarkCase[], flags: Flags, kept: string | true): Promise<void> {
  const { preset, pairs: steps, warmUp: warmUpSteps, threads } = flags;
  const rates = await machineRates(threads);
  const profiles = [];
  for (const subject of cases.filter(({ timed }) => timed)) {
    const folder = kept === true ? {} : { folder: kept };
    const times = await profileCase(subject, { preset, threads, steps, warmUpSteps, ...folder });
    const totals = { part: totalsByPart(times), family: totalsByFamily(times), operator: totalsByOperator(times) };
    profiles.push({ case: subject.name, ...totals });
    const tables = Object.entries(totals).map(([kind, sums]) => textTable(profileRows(kind, sums, rates)));
    if (!flags.json) print(`${subject.name}: ${subject.summary}\n${tables.join('\n\n')}\n`);
  }
  print(flags.json ? JSON.stringify({ rates, profiles }) : ratesLine(rates));
}

async function fillDocument(): Promise<void> {
  const records = [...(await readRecords(resultsFolder)), ...(await readRecords(passesFolder))];
  await writeFile(documentPath, filledDocument(await readFile(documentPath, 'utf8'), records));
  report(`filled ${documentPath}`);
}

function recordText(record: CaseRecord): string {
  const rows = summaryRows(record);
  return [...(rows.length === 0 ? [] : [textTable(rows)]), ...summaryLines(record)].join('\n');
}

function typedCommand(): string {
  return ['npm run -s bench --', ...process.argv.slice(2)].join(' ');
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}

/** Other programs slow both sides down, and not equally: two threads that wait for each other suffer most. */
function warnIfBusy(): void {
  const load = loadAverage();
  if (load <= quietLoad) return;
  report(`bench: other programs are running (load ${load.toFixed(1)}); figures are only good on a quiet machine`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // it has said why itself
  if (!CpcError.isInstance(error)) throw error;
  report(error.message);
  return CpcArgumentError.isInstance(error) ? 2 : 1;
}

try {
  await program()
    .action((names: string[], flags: Flags) => run(names, flags))
    .parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
