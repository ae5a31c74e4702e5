import type { CaseTools, Contestant } from '@cpc/testing';
import { expect, it } from 'vitest';
import { filledDocument } from './documents.js';
import { optionalPasses, passRows, withoutPass } from './passes.js';
import { noInput } from './test-support/no-input.js';
import { exampleRecord } from './test-support/records.js';

const without: CaseTools = {
  trainingStep: () => Promise.reject(new Error('not used')),
  ownSide: () => Promise.reject(new Error('not used')),
  encoding: () => Promise.reject(new Error('not used')),
  pythonTwin: () => Promise.reject(new Error('not used')),
};

it('leaves out every pass once, and never the one without which nothing can be encoded', () => {
  const names = optionalPasses();
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(['dead-code', 'identities', 'transposes', 'name-outputs']));
  expect(names.filter((name) => name.startsWith('lower-primitives'))).toEqual([]);
});

it('sets a case beside itself, made with other tools', async () => {
  const asked: CaseTools[] = [];
  const ours = (_: object, tools: CaseTools): Promise<Contestant> => {
    asked.push(tools);
    return Promise.reject(new Error('far enough'));
  };
  const subject = { name: 'audio', summary: 'a step', timed: true, prepare: async () => noInput(), ours };
  const changed = withoutPass(subject, 'chains', without);
  expect(changed.name).toBe('audio-without-chains');
  await expect(changed.peer?.(noInput(), { ...without })).rejects.toThrow('far enough');
  expect(asked).toEqual([without]);
  expect(asked[0]).toBe(without);
});

const records = ['audio-without-chains', 'audio-without-parts', 'text-without-chains', 'audio'].map((name) =>
  exampleRecord({ case: name, ...(name.endsWith('parts') ? { spreads: spreadsOf(1.25) } : {}) }),
);

function spreadsOf(ofMedians: number) {
  const { spreads } = exampleRecord();
  return { ...spreads, ratio: { ofMedians, ofPairs: spreads?.ours ?? none } } as NonNullable<typeof spreads>;
}
const none = { minimum: 0, lowerQuartile: 0, median: 0, upperQuartile: 0, maximum: 0 };

it('puts the case’s passes into a table, the most useful first', () => {
  expect(passRows('audio', records).map(([pass]) => pass)).toEqual(['pass', 'chains', 'parts']);
  expect(passRows('vision', records)).toEqual([]);
});

it('fills the place of a document with that table, or says how to measure it', () => {
  const empty = 'a\n<!-- passes of audio -->\nold\n<!-- end -->\nb\n';
  expect(filledDocument(empty, records)).toMatch(
    /^a\n<!-- passes of audio -->\n\n\| pass \|[\s\S]*chains[\s\S]*<!-- end -->\nb\n$/,
  );
  expect(filledDocument(empty, [])).toContain('npm run -s bench -- audio --passes --save');
});
