import { describe, expect, it } from 'vitest';
import { createScenes, sceneClasses } from './scenes.js';

const scenes = (seed = 1, side = 24) => createScenes({ seed, train: 16, test: 8, side });

describe('createScenes', () => {
  it('has 8 classes, equally many of each on both sides, and names them', () => {
    const { images, classes } = scenes();
    expect(classes).toHaveLength(8);
    expect(classes).toEqual(sceneClasses);
    for (const side of ['train', 'test'] as const) {
      const labels = images.filter((image) => image.side === side).map(({ label = -1 }) => label);
      for (let label = 0; label < 8; label++)
        expect(labels.filter((own) => own === label)).toHaveLength(side === 'train' ? 2 : 1);
    }
    expect(images[3]?.name).toBe('scene 3: checked square');
  });

  it('paints the same picture from the same seed, another from another, and another for every number', async () => {
    const first = await scenes().read(3);
    expect(await scenes().read(3)).toEqual(first);
    expect((await scenes(2).read(3)).data).not.toEqual(first.data);
    expect((await scenes().read(11)).data).not.toEqual(first.data); // of the same class
    expect(first.data).toHaveLength(24 * 24 * 3);
    expect(scenes().fingerprint).not.toBe(scenes(2).fingerprint);
  });

  it('paints the same scene at any size: means over quarters differ by less than 8 of 255 between 24 and 96 pixels', async () => {
    const quarters = async (side: number) => {
      const { data } = await scenes(1, side).read(5);
      const sums = [0, 0, 0, 0];
      for (let at = 0; at < data.length; at++) {
        const [row, column] = [Math.floor(at / (3 * side)), Math.floor(at / 3) % side];
        const quarter = (2 * row >= side ? 2 : 0) + (2 * column >= side ? 1 : 0);
        sums[quarter] = (sums[quarter] ?? 0) + (data[at] ?? 0) / ((side * side * 3) / 4);
      }
      return sums;
    };
    const [small, large] = [await quarters(24), await quarters(96)];
    for (const [quarter, mean] of small.entries()) expect(Math.abs(mean - (large[quarter] ?? 0))).toBeLessThan(8);
  });

  it('hides the class from single pixels: mean colours of classes lie within one deviation of each other', async () => {
    const set = createScenes({ seed: 1, train: 320, test: 0, side: 16 });
    const means = await Promise.all(
      set.images.map(async (_, index) => (await set.read(index)).data.reduce((sum, value) => sum + value, 0) / 768),
    );
    const ofClass = (label: number) => means.filter((_, index) => set.images[index]?.label === label);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const overall = mean(means);
    const deviation = Math.sqrt(mean(means.map((value) => (value - overall) ** 2)));
    for (let label = 0; label < 8; label++) expect(Math.abs(mean(ofClass(label)) - overall)).toBeLessThan(deviation);
  });
});
