import { RecordError } from '@cpc/base';
import { describe, expect, it } from 'vitest';
import { record } from './fixtures/examples.js';
import { formatRunRecord, parseRunRecord } from './run-record.js';

function errorOf(action: () => void): Error {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}

describe('a run record', () => {
  it('comes back unchanged after one round through text', () => {
    expect(parseRunRecord(formatRunRecord(record), 'run.json')).toEqual(record);
  });

  it('needs none of its 5 optional fields', () => {
    const { preset: _preset, ended: _ended, error: _error, ...rest } = record;
    const bare = { ...rest, engine: { name: 'cpu' }, data: { counts: {}, skipped: [] } };
    expect(parseRunRecord(formatRunRecord(bare), 'run.json')).toEqual(bare);
  });

  it('leaves out a field that layout 1 does not have', () => {
    const text = JSON.stringify({ ...record, invented: 1 });
    expect(parseRunRecord(text, 'run.json')).toEqual(record);
  });

  it('of 2 sittings comes back unchanged; one without its engine is refused', () => {
    const { engine, versions, machine, started } = record;
    const sittings = [0, 250].map((step) => ({ started, step, engine, versions, machine }));
    expect(parseRunRecord(formatRunRecord({ ...record, sittings }), 'run.json').sittings).toEqual(sittings);
    const broken = JSON.stringify({ ...record, sittings: [{ ...sittings[0], engine: undefined }] });
    expect(() => parseRunRecord(broken, 'run.json')).toThrow(/sittings\.0\.engine/);
  });

  it('accepts seed 0 and a negative seed', () => {
    for (const seed of [0, -7]) expect(parseRunRecord(formatRunRecord({ ...record, seed }), 'x').seed).toBe(seed);
  });
});

describe('a text that is no run record', () => {
  it('is refused with the file, what came and the reason when it is not JSON', () => {
    const error = errorOf(() => parseRunRecord('{"schema": 1,', 'out/run.json'));
    expect(RecordError.isInstance(error)).toBe(true);
    expect(error.message).toMatch(
      /^out\/run\.json: expected a run record of layout 1 in JSON, received "\{\\"schema\\": 1,"/,
    );
  });

  it('is called empty when it has 0 characters', () => {
    expect(errorOf(() => parseRunRecord('', 'run.json')).message).toContain('received an empty text');
  });

  it('is refused with every wrong field named: 2 of 2', () => {
    const wrong = { ...record, seed: 0.5, settings: { batchSize: { value: 8, source: 'guess' } } };
    const { message } = errorOf(() => parseRunRecord(JSON.stringify(wrong), 'run.json'));
    expect(message).toContain('seed: ');
    expect(message).toContain('settings.batchSize.source: ');
  });

  it('is told to update the package when its layout is 2', () => {
    const { message } = errorOf(() => parseRunRecord(JSON.stringify({ ...record, schema: 2 }), 'run.json'));
    expect(message).toMatch(/received layout 2\. A newer cpc wrote it: update @cpc\/records\./);
  });

  it('is not blamed on a newer version when it has layout 0', () => {
    const { message } = errorOf(() => parseRunRecord(JSON.stringify({ ...record, schema: 0 }), 'run.json'));
    expect(message).toContain('schema: ');
    expect(message).not.toContain('newer');
  });
});

describe('writing a run record', () => {
  it('needs of a probe neither split nor alignment, but refuses an empty one', () => {
    const probes = record.probes.map(({ split: _split, alignment: _alignment, ...probe }) => probe);
    expect(parseRunRecord(formatRunRecord({ ...record, probes }), 'run.json').probes).toEqual(probes);
    const empty = { ...record, probes: record.probes.map((probe) => ({ ...probe, split: '' })) };
    expect(() => formatRunRecord(empty)).toThrow(/probes\.0\.split/);
  });

  it('refuses a figure that is not finite, and names it', () => {
    const broken = { ...record, figures: { lossNats: { value: Number.NaN } } };
    expect(() => formatRunRecord(broken)).toThrow(/figures\.lossNats\.value/);
  });

  it('refuses a confusion table of 1 row for 2 classes', () => {
    const broken = { ...record, probes: record.probes.map((probe) => ({ ...probe, confusion: [[1, 2]] })) };
    expect(() => formatRunRecord(broken)).toThrow(/probes\.0\.confusion: expected one row and one column per class/);
  });

  it('keeps classifier, pooling and 2 accuracies of 2 folds of a probe, none of which older records have', () => {
    const newer = { classifier: 'mlp', pooled: true, folds: 2, accuracyPerFold: [0.25, 0.3] };
    const probes = record.probes.map((probe) => ({ ...probe, ...newer }));
    expect(parseRunRecord(formatRunRecord({ ...record, probes }), 'run.json').probes).toEqual(probes);
    expect(parseRunRecord(formatRunRecord(record), 'run.json').probes[0]).not.toHaveProperty('classifier');
  });

  it('keeps that an interval is over 16 speakers, which older records do not say', () => {
    const over = { over: 'speakers', clusters: 16 };
    const probes = record.probes.map((probe) => ({ ...probe, confidence: { ...probe.confidence, ...over } }));
    expect(parseRunRecord(formatRunRecord({ ...record, probes }), 'run.json').probes).toEqual(probes);
    expect(parseRunRecord(formatRunRecord(record), 'run.json').probes[0]?.confidence).not.toHaveProperty('over');
  });

  it('keeps the C of each of 2 folds and the lead of the trained model over a baseline, and refuses 1 C for 2 folds', () => {
    const confidence = { low: 0.01, high: 0.03, level: 0.95 };
    const newer = { folds: 2, trainedLead: [{ representation: 'context', difference: 0.02, confidence }] };
    const probes = record.probes.map((probe) => ({ ...probe, ...newer, inverseRegularisation: [0.01, 10] }));
    expect(parseRunRecord(formatRunRecord({ ...record, probes }), 'run.json').probes).toEqual(probes);
    const broken = { ...record, probes: probes.map((probe) => ({ ...probe, inverseRegularisation: [0.01] })) };
    expect(() => formatRunRecord(broken)).toThrow(/probes\.0\.inverseRegularisation: expected one per fold/);
  });

  it('refuses 2 accuracies for 1 fold', () => {
    const broken = { ...record, probes: record.probes.map((probe) => ({ ...probe, accuracyPerFold: [0.2, 0.3] })) };
    expect(() => formatRunRecord(broken)).toThrow(/probes\.0\.accuracyPerFold: expected one accuracy per fold/);
  });

  it('refuses an interval with low 0.4 above high 0.3', () => {
    const confidence = { low: 0.4, high: 0.3, level: 0.95 };
    const broken = { ...record, probes: record.probes.map((probe) => ({ ...probe, confidence })) };
    expect(() => formatRunRecord(broken)).toThrow(/probes\.0\.confidence: expected low <= high/);
  });
});

it('RecordError is recognised across two copies of the package', () => {
  const marker = Symbol.for('@cpc/records.RecordError');
  class OtherCopy extends Error {
    readonly [marker] = true;
  }
  expect(RecordError.isInstance(new OtherCopy('x'))).toBe(true);
  expect(RecordError.isInstance(new Error('x'))).toBe(false);
  expect(RecordError.isInstance(undefined)).toBe(false);
});
