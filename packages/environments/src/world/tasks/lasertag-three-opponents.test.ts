import { createRandom } from '@cpc/base';
import { describe, expect, it } from 'vitest';
import { fire } from '../actions.js';
import { createFighter, type Fighter, fireBeam, framesBetweenBeams } from '../fighters.js';
import { createGridMap, open } from '../grid-map.js';
import { createOpponentMind } from '../opponent-mind.js';
import { spriteImages } from '../sprite-images.js';
import { createSurfaces } from '../surfaces.js';
import { lasertagThreeOpponents } from './lasertag-three-opponents.js';

/** A hall of 9 x 9 open cells. */
function hall() {
  const map = createGridMap(11, 11, 1);
  for (let y = 1; y < 10; y++) map.cells.fill(open, 11 * y + 1, 11 * y + 10);
  return map;
}

const fighterAt = (x: number, y: number, heading = 0): Fighter => ({ ...createFighter(), x, y, heading });

describe('beam', () => {
  it('takes 25 of the shield of the first in its way, and of nobody else', () => {
    const [shooter, near, far, beside] = [fighterAt(2, 5), fighterAt(5, 5.2), fighterAt(7, 5), fighterAt(4, 6)];
    expect(fireBeam(hall(), shooter, [shooter, far, near, beside])).toBe(near);
    expect([shooter, near, far, beside].map(({ shield }) => shield)).toEqual([100, 75, 100, 100]);
  });

  it('does not go through walls or backwards', () => {
    const map = hall();
    const [shooter, ahead, behind] = [fighterAt(3, 5.5), fighterAt(7, 5.5), fighterAt(2, 5.5)];
    map.cells[11 * 5 + 5] = 1;
    expect(fireBeam(map, shooter, [shooter, ahead, behind])).toBeUndefined();
    expect([ahead.shield, behind.shield]).toEqual([100, 100]);
  });

  it('can be fired once in 15 frames', () => {
    const [shooter, target] = [fighterAt(2, 5), fighterAt(5, 5)];
    fireBeam(hall(), shooter, [shooter, target]);
    expect(fireBeam(hall(), shooter, [shooter, target])).toBeNull();
    shooter.cooldown -= framesBetweenBeams;
    expect(fireBeam(hall(), shooter, [shooter, target])).toBe(target);
    expect(target.shield).toBe(50);
  });

  it('takes 50 for as many beams as a gadget made stronger', () => {
    const [shooter, target] = [{ ...fighterAt(2, 5), strongBeams: 1 }, fighterAt(5, 5)];
    fireBeam(hall(), shooter, [shooter, target]);
    shooter.cooldown = 0;
    fireBeam(hall(), shooter, [shooter, target]);
    expect(target.shield).toBe(25);
  });
});

describe('opponent', () => {
  it('turns to whom it sees, and aims within 3 seconds', () => {
    const [self, target] = [fighterAt(5, 5, 0), fighterAt(2, 3)];
    const mind = createOpponentMind(hall(), self, [self, target], createRandom(1));
    let error: number | undefined;
    for (let frame = 0; frame < 180 && error === undefined; frame++) error = mind.play();
    expect(error).toBeDefined();
  });

  it('fires at nobody while a wall is between, and walks more than 5 cells meanwhile', () => {
    const map = hall();
    for (let y = 1; y < 10; y++) map.cells[11 * y + 5] = 1;
    const [self, target] = [fighterAt(2.5, 5.5), fighterAt(8.5, 5.5)];
    const mind = createOpponentMind(map, self, [self, target], createRandom(1));
    let way = 0;
    for (let frame = 0; frame < 600; frame++) {
      const { x, y } = self;
      expect(mind.play()).toBeUndefined();
      way += Math.hypot(self.x - x, self.y - y);
    }
    expect(way).toBeGreaterThan(5);
  });
});

const start = (seed: number) => lasertagThreeOpponents.start(createRandom(seed), createSurfaces());
type Played = ReturnType<typeof start>;

const opponentImages: readonly unknown[] = [
  spriteImages.opponentFront,
  spriteImages.opponentBack,
  spriteImages.opponentLeft,
  spriteImages.opponentRight,
];
const opponentsOf = ({ view }: Played) => view.sprites.filter(({ image }) => opponentImages.includes(image));

describe('lasertag_three_opponents', () => {
  it('shows three opponents, two shields and a gadget', () => {
    const episode = start(1);
    expect(opponentsOf(episode)).toHaveLength(3);
    expect(episode.view.sprites.filter(({ image }) => image === spriteImages.shield)).toHaveLength(2);
    expect(episode.view.sprites.filter(({ image }) => image === spriteImages.gadget)).toHaveLength(1);
  });

  it('gives 1 for tags only: following one opponent and firing earns some within 60 seconds', () => {
    const episode = start(3);
    let [sum, most] = [0, 0];
    for (let frame = 0; frame < 3600; frame++) {
      const [target] = opponentsOf(episode);
      Object.assign(episode.agent, { x: target?.x, y: target?.y, heading: 0 });
      episode.agent.x -= 0.3; // right behind it: nothing can stand between
      const reward = episode.play(fire);
      sum += reward;
      most = Math.max(most, reward);
    }
    expect(sum).toBeGreaterThan(20);
    expect(sum).toBeLessThan(120); // 240 beams, and each opponent takes several
    expect(most).toBe(1);
  });

  it('costs nothing to be tagged, but puts the agent elsewhere', () => {
    const episode = start(1);
    let moves = 0;
    for (let frame = 0; frame < 14_400; frame++) {
      const { x, y } = episode.agent;
      expect(episode.play(4)).toBeGreaterThanOrEqual(0); // turns on the spot
      if (Math.hypot(episode.agent.x - x, episode.agent.y - y) > 0.5) moves++;
    }
    expect(moves).toBeGreaterThan(3);
  });

  it('moves all three opponents within 5 seconds', () => {
    const episode = start(2);
    const before = opponentsOf(episode).map(({ x, y }) => [x, y]);
    for (let frame = 0; frame < 300; frame++) episode.play(fire);
    for (const [index, { x, y }] of opponentsOf(episode).entries()) expect([x, y]).not.toEqual(before[index]);
  });

  it('brings a shield back 1200 frames after it was taken', () => {
    const episode = start(4);
    const shield = episode.view.sprites.find(({ image }) => image === spriteImages.shield);
    Object.assign(episode.agent, { x: shield?.x, y: shield?.y });
    episode.play(fire);
    expect(shield?.visible).toBe(false);
    const elsewhere = episode.view.sprites.find(({ image }) => image === spriteImages.gadget);
    for (let frame = 1; frame <= 1200; frame++) {
      Object.assign(episode.agent, { x: elsewhere?.x, y: elsewhere?.y });
      episode.play(fire);
      if (frame === 1198) expect(shield?.visible).toBe(false);
    }
    expect(shield?.visible).toBe(true);
  });
});
