/**
 * `lasertag_three_opponents`, after the level lasertag_three_opponents_small: tagging an opponent gives 1, for 240 seconds.
 *
 * All four play against all. A beam takes a quarter of a shield; who has none left is tagged, and goes on elsewhere with a full one.
 * As theirs: a maze of 11 x 11 cells with up to 3 rooms, two things that restore the shield and one that makes beams stronger, both new
 * in every episode; nothing is lost by being tagged but place and time. Ours: beams do not fly, bodies do not collide, opponents take
 * no things, there is no limit of 100 tags.
 */
import type { Random } from '@cpc/base';
import { type Fighter, fullShield } from '../fighters.js';
import { type GridMap, middleOf, openCells } from '../grid-map.js';
import { createLaserGame } from '../laser-game.js';
import { drawMaze } from '../mazes.js';
import { createOpponentSprites } from '../opponent-sprites.js';
import { drawBar, drawBeam, drawBorder, drawCross, plainColours } from '../overlay.js';
import { createSprite, place, type Sprite } from '../sprite.js';
import { spriteImages } from '../sprite-images.js';
import { decorate } from '../surfaces.js';
import type { Task } from '../task.js';
import { takeNear } from '../things.js';
import { clad, hangPosters } from '../wall-codes.js';

const opponentCount = 3;
const strongBeams = 20;
const shieldGain = 50;
const framesUntilBack = 1200; // 20 s
const framesShown = 6; //        of a beam, or a hit

export const lasertagThreeOpponents: Task = {
  name: 'lasertag_three_opponents',
  episodeSteps: 3600, // 240 s
  start(random, surfaces) {
    decorate(surfaces, random);
    const { map, rooms } = drawMaze({ width: 11, height: 11, rooms: 3, extraOpening: 0.2 }, random);
    for (const [room, cells] of rooms.entries()) if (room % 2 === 0) clad(map, cells);
    hangPosters(map, 0.1, random);
    let [framesOfBeam, framesOfHit] = [0, 0];
    const game = createLaserGame(map, opponentCount, random, (shooter, hit) => {
      if (shooter === agent) framesOfBeam = framesShown;
      else shown.showBeam(shooter, hit);
      if (hit === agent) framesOfHit = framesShown;
    });
    const { agent } = game;
    const shown = createOpponentSprites(game.opponents, agent);
    const powers = layPowers(map, openCells(map), random);
    return {
      view: { map, surfaces, hasSky: false, sprites: [...powers.sprites, ...shown.sprites] },
      agent,
      play(action) {
        framesOfBeam--;
        framesOfHit--;
        const tagged = game.play(action);
        powers.give(agent);
        shown.follow();
        return tagged;
      },
      overlay(frame) {
        if (framesOfBeam > 0) drawBeam(frame, plainColours.green);
        if (framesOfHit > 0) drawBorder(frame, plainColours.red);
        drawCross(frame);
        drawBar(frame, agent.shield / fullShield);
      },
    };
  },
};

/** What lies about to be taken by the agent, each in a cell of its own. */
function layPowers(map: GridMap, cells: readonly number[], random: Random) {
  const shields = [createSprite(spriteImages.shield), createSprite(spriteImages.shield)];
  const gadgets = [createSprite(spriteImages.gadget)];
  const sprites = [...shields, ...gadgets];
  for (const [index, chosen] of random.choose(cells.length, sprites.length).entries()) {
    const sprite = sprites[index];
    if (sprite !== undefined) place(sprite, middleOf(map, cells[chosen] ?? 0));
  }
  const framesGone = new Map<Sprite, number>(sprites.map((sprite) => [sprite, 0]));
  return {
    sprites,
    /** Once a frame. */
    give(agent: Fighter): void {
      if (takeNear(shields, agent) > 0) agent.shield = Math.min(fullShield, agent.shield + shieldGain);
      if (takeNear(gadgets, agent) > 0) agent.strongBeams = strongBeams;
      for (const sprite of sprites) {
        const gone = sprite.visible ? 0 : (framesGone.get(sprite) ?? 0) + 1;
        framesGone.set(sprite, gone);
        if (gone === framesUntilBack) sprite.visible = true;
      }
    },
  };
}
