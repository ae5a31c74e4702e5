/** A million steps of every task: nothing grows. */
import { createRandom } from '@cpc/base';
import { describe, expect, it } from 'vitest';
import { worldTasks } from './tasks/index.js';
import { createWorldEnvironment } from './world-environment.js';

const steps = 1_000_000;

/** The least heap seen in a stretch of steps: what is left after collections. */
async function leastHeap(play: () => Promise<void> | void, stretch: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let step = 0; step < stretch; step++) {
    await play();
    if (step % 500 === 0) least = Math.min(least, process.memoryUsage().heapUsed);
  }
  return least;
}

describe.each(worldTasks.map((task) => [task.name, task] as const))('%s', (_, task) => {
  it('uses no more than 2 MiB more in the last 100,000 of 1,000,000 steps than in the second 100,000', async () => {
    const environment = createWorldEnvironment(task, { isDrawn: false });
    const random = createRandom(1);
    let episodes = 0;
    await environment.reset(episodes);
    const play = async () => {
      const { terminated, truncated } = await environment.step(random.integer(9));
      if (terminated || truncated) await environment.reset(++episodes);
    };
    await leastHeap(play, steps / 10);
    const early = await leastHeap(play, steps / 10);
    await leastHeap(play, (7 * steps) / 10);
    const late = await leastHeap(play, steps / 10);
    expect(episodes).toBeGreaterThan(200);
    expect(late - early).toBeLessThan(2 * 2 ** 20);
  }, 600_000);

  it('draws 30,000 frames without the heap growing by more than 2 MiB', async () => {
    const environment = createWorldEnvironment(task);
    const random = createRandom(2);
    let episodes = 0;
    await environment.reset(episodes);
    const play = async () => {
      const { terminated, truncated } = await environment.step(random.integer(9));
      if (terminated || truncated) await environment.reset(++episodes);
    };
    await leastHeap(play, 10_000);
    const early = await leastHeap(play, 10_000);
    const late = await leastHeap(play, 10_000);
    expect(late - early).toBeLessThan(2 * 2 ** 20);
  }, 600_000);
});
