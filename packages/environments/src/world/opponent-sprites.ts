/** What is seen of opponents: which way they face, and their beams as rows of sparks. */
import { cosines, sines } from './angles.js';
import { aheadOf, type Fighter, rightOf } from './fighters.js';
import type { Image } from './images.js';
import { createSprite, place, type Sprite } from './sprite.js';
import { spriteImages } from './sprite-images.js';

const size = 0.85;
const sparksPerBeam = 8;
const framesShown = 6;
const beamHeight = 0.42;
const missedLength = 5; // cells that a beam is drawn along where it hits nobody

export interface OpponentSprites {
  readonly sprites: readonly Sprite[];
  /** Moves the sprites to where the opponents are; once a frame. */
  readonly follow: () => void;
  /** Shows a beam for a tenth of a second. */
  readonly showBeam: (shooter: Fighter, hit: Fighter | undefined) => void;
}

/** @param viewer - whose side of them is seen. */
export function createOpponentSprites(opponents: readonly Fighter[], viewer: Fighter): OpponentSprites {
  const bodies = opponents.map(() => createSprite(spriteImages.opponentFront, size));
  const beams = opponents.map(() =>
    Array.from({ length: sparksPerBeam }, () => createSprite(spriteImages.spark, 0.08, beamHeight)),
  );
  const framesLeft = new Int16Array(opponents.length);
  const follow = () => {
    for (const [number, opponent] of opponents.entries()) {
      const body = bodies[number];
      if (body === undefined) continue;
      place(body, opponent);
      body.image = sideOf(opponent, viewer);
      const left = (framesLeft[number] ?? 0) - 1;
      framesLeft[number] = left;
      if (left < 0) for (const spark of beams[number] ?? []) spark.visible = false;
    }
  };
  follow();
  return {
    sprites: [...bodies, ...beams.flat()],
    follow,
    showBeam(shooter, hit) {
      const number = opponents.indexOf(shooter);
      framesLeft[number] = framesShown;
      const length = hit === undefined ? missedLength : Math.max(0.5, aheadOf(shooter, hit.x, hit.y));
      const aside = hit === undefined ? 0 : rightOf(shooter, hit.x, hit.y);
      for (const [index, spark] of (beams[number] ?? []).entries()) {
        const share = (index + 1) / sparksPerBeam;
        place(spark, pointFrom(shooter, share * length, share * aside));
      }
    },
  };
}

function pointFrom(
  { x, y, heading }: Fighter,
  ahead: number,
  right: number,
): { readonly x: number; readonly y: number } {
  const [cosine = 1, sine = 0] = [cosines[heading], sines[heading]];
  return { x: x + ahead * cosine - right * sine, y: y + ahead * sine + right * cosine };
}

/** The image of the side that a viewer sees of an opponent. */
function sideOf(opponent: Fighter, viewer: Fighter): Image {
  const ahead = aheadOf(opponent, viewer.x, viewer.y);
  const right = rightOf(opponent, viewer.x, viewer.y);
  if (Math.abs(ahead) > Math.abs(right)) return ahead > 0 ? spriteImages.opponentFront : spriteImages.opponentBack;
  return right > 0 ? spriteImages.opponentRight : spriteImages.opponentLeft;
}
