import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { createMemoryCorpus, type SpeechCorpus } from './corpus.js';
import { DamagedFileError, type DamageKind } from './damaged-file-error.js';
import { createWindowSampler, type WindowBatch } from './windows.js';

/** Each sample tells its recording (tens) and its place (units), so that a window tells where it came from. */
const ramp = (tens: number, length: number): Float32Array =>
  Float32Array.from({ length }, (_, place) => (tens * 100 + place) / 1_024);

const corpus = createMemoryCorpus(
  [
    { id: 'a', speaker: 'anna', samples: ramp(1, 10) }, // 7 places for a window of 4
    { id: 'b', speaker: 'ben', samples: ramp(2, 5) }, // 2 places
    { id: 'c', speaker: 'anna', samples: ramp(3, 4) }, // 1 place
    { id: 'd', speaker: 'ben', samples: ramp(4, 3) }, // none
  ],
  { name: 'ramps' },
);

describe('createWindowSampler', () => {
  const sampler = createWindowSampler(corpus, { windowSamples: 4, batchSize: 6 });

  it('counts 3 eligible recordings, 1 excluded, and 10 places', () => {
    expect(sampler).toMatchObject({ eligibleRecordings: 3, excludedRecordings: 1, windowCount: 10 });
  });

  it('gives the samples that stand at the places it names', async () => {
    const batch = await sampler.draw(createRandom(1));
    for (let window = 0; window < 6; window += 1) {
      const recording = batch.recordings[window] ?? -1;
      const start = batch.starts[window] ?? -1;
      expect(batch.samples.subarray(window * 4, window * 4 + 4)).toEqual(await corpus.read(recording, start, 4));
      expect(corpus.speakers[batch.speakers[window] ?? -1]).toBe(corpus.recordings[recording]?.speaker);
    }
  });

  it('draws the same batch from the same stream, another from another', async () => {
    const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => sampler.draw(createRandom(seed))));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it.each(['uniform', 'same-speaker'] as const)(
    'draws each of the 10 places in a tenth of 6,000 windows, within 0.02 (%s)',
    async (mode) => {
      const { draw } = createWindowSampler(corpus, { windowSamples: 4, batchSize: 1, mode });
      const random = createRandom(3);
      const counts = new Map<string, number>();
      for (let round = 0; round < 6_000; round += 1) {
        const { recordings, starts } = await draw(random);
        const place = `${recordings[0]}:${starts[0]}`;
        counts.set(place, (counts.get(place) ?? 0) + 1);
      }
      expect(counts.size).toBe(10);
      for (const count of counts.values()) expect(Math.abs(count / 6_000 - 0.1)).toBeLessThan(0.02);
    },
  );

  it('keeps to one speaker a batch, none of whose windows overlap, and meets all who have room for 3 windows', async () => {
    const rich = createMemoryCorpus(
      [
        { id: 'a', speaker: 'anna', samples: ramp(1, 10) }, // room for 2 windows of 4
        { id: 'b', speaker: 'ben', samples: ramp(2, 11) }, // for 2, and no more of his
        { id: 'c', speaker: 'anna', samples: ramp(3, 4) }, // for 1
        { id: 'd', speaker: 'dora', samples: ramp(4, 13) }, // for 3
      ],
      { name: 'rich ramps' },
    );
    const oneSpeaker = createWindowSampler(rich, { windowSamples: 4, batchSize: 3, mode: 'same-speaker' });
    expect(oneSpeaker).toMatchObject({ eligibleRecordings: 3, excludedRecordings: 1 });
    const random = createRandom(4);
    const met = new Set<number>();
    const starts = new Set<string>();
    for (let round = 0; round < 300; round += 1) {
      const batch = await oneSpeaker.draw(random);
      expect(new Set(batch.speakers).size).toBe(1);
      met.add(batch.speakers[0] ?? -1);
      const windows = [...batch.starts].map((start, index) => ({ start, recording: batch.recordings[index] }));
      for (const [index, one] of windows.entries()) {
        starts.add(`${one.recording}:${one.start}`);
        for (const other of windows.slice(0, index))
          expect(one.recording === other.recording && Math.abs(one.start - other.start) < 4).toBe(false);
      }
    }
    expect([...met].map((index) => rich.speakers[index]).sort()).toEqual(['anna', 'dora']);
    // dora has 13 samples for 3 windows of 4: one to spare
    expect([...starts].filter((place) => place.startsWith('3:')).sort()).toEqual(
      [0, 1, 4, 5, 8, 9].map((start) => `3:${start}`),
    );
  });

  it('refuses batches of one speaker where nobody has room for 12 windows', () => {
    expect(() => createWindowSampler(corpus, { windowSamples: 4, batchSize: 12, mode: 'same-speaker' })).toThrow(
      /room for 12 windows of 4 samples/,
    );
  });

  it('draws from recordings 1 and 2 only where told so', async () => {
    const { draw } = createWindowSampler(corpus, { windowSamples: 4, batchSize: 100, recordings: [1, 2] });
    expect(new Set((await draw(createRandom(5))).recordings)).toEqual(new Set([1, 2]));
  });

  it('refuses windows longer than the longest recording, saying that it has 10 samples', () => {
    expect(() => createWindowSampler(corpus, { windowSamples: 11, batchSize: 1 })).toThrow(
      'expected a recording of at least 11 samples, received a corpus whose longest has 10',
    );
  });

  it('refuses a batch of 0, a window of 1.5 samples and recording 9', () => {
    expect(() => createWindowSampler(corpus, { windowSamples: 4, batchSize: 0 })).toThrow(
      'batchSize as a whole number above 0',
    );
    expect(() => createWindowSampler(corpus, { windowSamples: 1.5, batchSize: 1 })).toThrow(
      'windowSamples as a whole number',
    );
    expect(() => createWindowSampler(corpus, { windowSamples: 4, batchSize: 1, recordings: [9] })).toThrow(
      'index from 0 to 3',
    );
  });
});

/** The corpus as one of files, of which those that are named fail from sample `from` on (default: at once). */
function withBadFiles(
  whole: SpeechCorpus,
  ids: readonly string[],
  { kind = 'damaged', from = 0 }: { readonly kind?: DamageKind; readonly from?: number } = {},
): SpeechCorpus {
  const recordings = whole.recordings.map((recording) => ({ ...recording, path: `${recording.id}.flac` }));
  return {
    ...whole,
    recordings,
    async read(index, start = 0, count = 0) {
      const { id, path } = recordings[index] ?? { id: '', path: '' };
      if (!ids.includes(id) || start + count <= from) return whole.read(index, start, count);
      const where = `${path}, frame at byte ${start}`; // as FLAC's reader says it: longer than the name
      throw new DamagedFileError({ where, kind, expected: 'a whole frame', received: 'half of one' });
    },
  };
}

const placesOf = ({ recordings, starts }: WindowBatch): string[] =>
  [...recordings].map((recording, window) => `${recording}:${starts[window]}`);

describe('createWindowSampler, of files that turn out to be damaged', () => {
  const sizes = { windowSamples: 4, batchSize: 6 };
  const five = createMemoryCorpus(
    [
      { id: 'a', speaker: 'anna', samples: ramp(1, 17) }, // room for 4 windows of 4
      { id: 'b', speaker: 'ben', samples: ramp(2, 11) }, // for 2
      { id: 'c', speaker: 'anna', samples: ramp(3, 12) }, // damaged
      { id: 'd', speaker: 'dora', samples: ramp(4, 13) }, // for 3
      { id: 'e', speaker: 'ben', samples: ramp(5, 8) }, // damaged
    ],
    { name: 'five ramps' },
  );
  const rejection = (batch: Promise<unknown>): Promise<unknown> => batch.catch((error: unknown) => error);

  it('replaces the windows of 1 damaged recording by windows of the 2 others, which may be read, and leaves the rest in place', async () => {
    const bad = withBadFiles(corpus, ['a']);
    const [intact, damaged] = [createWindowSampler(corpus, sizes), createWindowSampler(bad, sizes)];
    let replaced = 0;
    for (let seed = 0; seed < 50; seed++) {
      const [planned, drawn] = [await intact.draw(createRandom(seed)), await damaged.draw(createRandom(seed))];
      for (const [window, recording] of planned.recordings.entries()) {
        if (recording !== 0) expect(placesOf(drawn)[window]).toBe(placesOf(planned)[window]);
        else replaced += 1;
        const [now = 0, start] = [drawn.recordings[window], drawn.starts[window]];
        expect(now).not.toBe(0);
        expect(drawn.samples.subarray(window * 4, window * 4 + 4)).toEqual(await corpus.read(now, start, 4));
        expect(corpus.speakers[drawn.speakers[window] ?? -1]).toBe(corpus.recordings[now]?.speaker);
      }
    }
    expect(replaced).toBeGreaterThan(100);
  });

  it('draws each of the 3 places that are left in a third of 3,000 batches of one stream, within 0.03', async () => {
    const { draw } = createWindowSampler(withBadFiles(corpus, ['a']), { windowSamples: 4, batchSize: 1 });
    const random = createRandom(6);
    const counts = new Map<string, number>();
    for (let round = 0; round < 3_000; round++) {
      const [place = ''] = placesOf(await draw(random));
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['1:0', '1:1', '2:0']);
    for (const count of counts.values()) expect(Math.abs(count / 3_000 - 1 / 3)).toBeLessThan(0.03);
  });

  it.each(['uniform', 'same-speaker'] as const)(
    'draws a batch that depends on its stream alone: first, or after 40 others that met the damage (%s)',
    async (mode) => {
      const bad = withBadFiles(five, ['c', 'e']); // of anna and of ben, who then have room for 2 windows still
      const options = { windowSamples: 4, batchSize: 2, mode };
      const experienced = createWindowSampler(bad, options);
      for (let seed = 100; seed < 140; seed++) await experienced.draw(createRandom(seed));
      expect(experienced.damaged()).toHaveLength(2);
      for (let seed = 0; seed < 20; seed++) {
        const first = await createWindowSampler(bad, options).draw(createRandom(seed));
        expect(await experienced.draw(createRandom(seed))).toEqual(first);
      }
    },
  );

  it('leaves its stream at the same number with 1 damaged recording as with none', async () => {
    const next = async (from: SpeechCorpus) => {
      const random = createRandom(7);
      await createWindowSampler(from, sizes).draw(random);
      return random.integer(1_000_000);
    };
    expect(await next(withBadFiles(corpus, ['a']))).toBe(await next(corpus));
  });

  it('keeps a window of the intact 7 samples of a recording whose last 3 are damaged', async () => {
    const sampler = createWindowSampler(withBadFiles(corpus, ['a'], { from: 7 }), sizes);
    const places = new Set<string>();
    for (let seed = 0; seed < 100; seed++)
      for (const place of placesOf(await sampler.draw(createRandom(seed)))) places.add(place);
    expect([...places].sort()).toEqual(['0:0', '0:1', '0:2', '0:3', '1:0', '1:1', '2:0']);
  });

  it('keeps to one speaker without overlap after a replacement, and leaves out who no longer fills 3 windows', async () => {
    const sampler = createWindowSampler(withBadFiles(five, ['c', 'e']), {
      windowSamples: 4,
      batchSize: 3,
      mode: 'same-speaker',
    });
    const met = new Set<number>();
    for (let seed = 0; seed < 300; seed++) {
      const batch = await sampler.draw(createRandom(seed));
      expect(new Set(batch.speakers).size).toBe(1);
      const windows = [...batch.starts].map((start, index) => ({ start, recording: batch.recordings[index] ?? -1 }));
      for (const [index, one] of windows.entries()) {
        met.add(one.recording);
        for (const other of windows.slice(0, index))
          expect(one.recording === other.recording && Math.abs(one.start - other.start) < 4).toBe(false);
      }
    }
    expect([...met].sort()).toEqual([0, 3]);
  });

  it('names each of 2 damaged recordings once after 50 batches, by its path, with the first reason', async () => {
    const sampler = createWindowSampler(withBadFiles(corpus, ['a', 'c']), sizes);
    expect(sampler.damaged()).toEqual([]);
    await sampler.draw(createRandom(0));
    const [first] = sampler.damaged();
    for (let seed = 1; seed < 50; seed++) await sampler.draw(createRandom(seed));
    expect(sampler.damaged()[0]).toEqual(first);
    const found = [...sampler.damaged()].sort((left, right) => (left.path < right.path ? -1 : 1));
    expect(found).toEqual([
      { path: 'a.flac', reason: expect.stringMatching(/^a\.flac, frame at byte \d: expected a whole frame/) },
      { path: 'c.flac', reason: 'c.flac, frame at byte 0: expected a whole frame, received half of one.' },
    ]);
  });

  it('calls a damaged recording without a file by its id', async () => {
    const inMemory = { ...withBadFiles(corpus, ['a']), recordings: corpus.recordings };
    const sampler = createWindowSampler(inMemory, sizes);
    await sampler.draw(createRandom(1));
    expect(sampler.damaged().map(({ path }) => path)).toEqual(['a']);
  });

  it('fails at 1 damaged recording where strict, with its own error', async () => {
    const sampler = createWindowSampler(withBadFiles(corpus, ['a']), { ...sizes, strict: true });
    const error = await rejection(sampler.draw(createRandom(1)));
    expect(DamagedFileError.isInstance(error)).toBe(true);
    expect(String(error)).toMatch(/a\.flac, frame at byte/);
  });

  it.each(['unreadable', 'changed'] as const)(
    'replaces the windows of 1 file that is %s and names it; strict, it fails with its error',
    async (kind) => {
      const bad = withBadFiles(corpus, ['a'], { kind });
      const sampler = createWindowSampler(bad, sizes);
      for (let seed = 0; seed < 20; seed++)
        for (const place of placesOf(await sampler.draw(createRandom(seed)))) expect(place).not.toMatch(/^0:/);
      expect(sampler.damaged().map(({ path }) => path)).toEqual(['a.flac']);
      const strict = createWindowSampler(bad, { ...sizes, strict: true });
      expect(await rejection(strict.draw(createRandom(1)))).toMatchObject({ name: 'DamagedFileError', kind });
    },
  );

  it('gives up after 1,000 of 5,000 recordings that are all unreadable', async () => {
    const many = Array.from({ length: 5000 }, (_, n) => ({ id: `${n}`, speaker: 'x', samples: new Float32Array(4) }));
    const gone = withBadFiles(
      createMemoryCorpus(many, { name: 'gone' }),
      many.map(({ id }) => id),
      { kind: 'unreadable' },
    );
    const sampler = createWindowSampler(gone, { windowSamples: 4, batchSize: 8 });
    expect(String(await rejection(sampler.draw(createRandom(1))))).toMatch(/received 10\d\d that cannot be read/);
    expect(sampler.damaged().length).toBeLessThan(1000);
  });

  it('replaces no window where reading fails for another reason than the file', async () => {
    const broken: SpeechCorpus = { ...corpus, read: () => Promise.reject(new TypeError('a bug')) };
    expect(await rejection(createWindowSampler(broken, sizes).draw(createRandom(1)))).toEqual(new TypeError('a bug'));
  });

  it('says that all 3 recordings are damaged, and what is wrong with the first that was met', async () => {
    const [first = 0] = (await createWindowSampler(corpus, sizes).draw(createRandom(2))).recordings;
    const path = `${corpus.recordings[first]?.id}.flac`;
    const sampler = createWindowSampler(withBadFiles(corpus, ['a', 'b', 'c', 'd']), sizes);
    await expect(sampler.draw(createRandom(2))).rejects.toThrow(
      new RegExp(
        `^ramps: expected enough .*, received 3 that cannot be read; the first: ${path}, frame at byte .*--strict`,
      ),
    );
    expect(sampler.damaged()).toHaveLength(3);
  });

  it('says so too where 1 of 2 recordings is damaged and the other fills no batch of one speaker', async () => {
    const sampler = createWindowSampler(withBadFiles(corpus, ['a']), {
      windowSamples: 4,
      batchSize: 2,
      mode: 'same-speaker',
    });
    await expect(sampler.draw(createRandom(1))).rejects.toThrow(/received 1 that cannot be read; the first: a\.flac/);
  });
});
