/** What things look like: one image each, the same from all sides but for opponents, drawn by rule. */
import { colourNumber, ramps } from './colours.js';
import { createImage, type Image, imageSide, paintImage, transparent } from './images.js';
import { doorRamps } from './surfaces.js';

/** The colour number at a place; x and y from -1 to 1, y downwards. */
type Drawing = (x: number, y: number) => number;

function draw(drawing: Drawing): Image {
  const image = createImage();
  const place = (pixel: number) => (2 * pixel + 1) / imageSide - 1;
  paintImage(image, (column, row) => drawing(place(column), place(row)));
  return image;
}

/** Brighter towards the upper left, as under a lamp. */
function lit(ramp: number, x: number, y: number): number {
  return colourNumber(ramp, 11 - 3 * x - 5 * y);
}

function isInEllipse(x: number, y: number, width: number, height: number): boolean {
  return (x / width) ** 2 + (y / height) ** 2 < 1;
}

function apple(x: number, y: number): number {
  if (isInEllipse(x - 0.25, y + 0.75, 0.28, 0.14)) return lit(ramps.green, x, y + 0.5);
  if (Math.abs(x) < 0.08 && y < -0.35 && y > -0.9) return colourNumber(ramps.orange, 4);
  const isFruit = isInEllipse(x - 0.32, y - 0.2, 0.6, 0.75) || isInEllipse(x + 0.32, y - 0.2, 0.6, 0.75);
  return isFruit ? lit(ramps.red, x, y) : transparent;
}

function lemon(x: number, y: number): number {
  const isTip = isInEllipse(Math.abs(x) - 0.85, y - 0.15, 0.15, 0.16);
  return isInEllipse(x, y - 0.15, 0.85, 0.58) || isTip ? lit(ramps.yellow, x, y) : transparent;
}

/** A ball that hovers over a stand. */
function goal(x: number, y: number): number {
  if (isInEllipse(x, y + 0.3, 0.65, 0.65)) {
    return Math.abs(y + 0.3) < 0.14 ? colourNumber(ramps.grey, 15) : lit(ramps.orange, x, y);
  }
  return y > 0.5 && Math.abs(x) < 0.25 + 0.6 * (y - 0.5) ? lit(ramps.purple, x, 0) : transparent;
}

function key(ramp: number): Drawing {
  return (x, y) => {
    const fromBow = Math.sqrt(x * x + (y + 0.5) ** 2);
    const isBow = fromBow > 0.18 && fromBow < 0.45;
    const isShaft = Math.abs(x) < 0.12 && y > -0.2 && y < 0.95;
    const isBit = x > 0 && x < 0.42 && ((y > 0.45 && y < 0.6) || (y > 0.75 && y < 0.92));
    return isBow || isShaft || isBit ? lit(ramp, x, y / 2) : transparent;
  };
}

/** A post beside a platform. */
function post(x: number): number {
  return Math.abs(x) < 0.5 ? colourNumber(ramps.orange, 12 - 6 * x) : transparent;
}

function shield(x: number, y: number): number {
  const isShield = Math.abs(x) < 0.75 - 0.6 * Math.max(0, y) ** 2 && Math.abs(y) < 0.9;
  if (!isShield) return transparent;
  return Math.min(Math.abs(x), Math.abs(y + 0.2)) < 0.15 ? colourNumber(ramps.grey, 15) : lit(ramps.blue, x, y);
}

function gadget(x: number, y: number): number {
  const isBarrel = Math.abs(y + 0.15) < 0.22 && Math.abs(x) < 0.95;
  const isGrip = x > 0.1 && x < 0.5 && y > 0 && y < 0.75;
  if (isBarrel) return x < -0.6 ? colourNumber(ramps.green, 15) : lit(ramps.purple, x, y);
  return isGrip ? lit(ramps.grey, x, y) : transparent;
}

/** @param visor - where its middle is seen; undefined from behind. */
function opponent(visor: number | undefined): Drawing {
  return (x, y) => {
    const isHead = isInEllipse(x, y + 0.68, 0.3, 0.3);
    if (isHead) {
      const isVisor = visor !== undefined && isInEllipse(x - visor, y + 0.7, 0.2, 0.1);
      return isVisor ? colourNumber(ramps.yellow, 15) : lit(ramps.grey, x, y + 0.4);
    }
    const isBody = isInEllipse(x, y, 0.55, 0.5);
    if (isBody) return Math.abs(y) < 0.08 ? colourNumber(ramps.grey, 14) : lit(ramps.opponent, x, y);
    const isLeg = y > 0.3 && Math.abs(Math.abs(x) - 0.25) < 0.16;
    return isLeg ? lit(ramps.grey, x, 0.8) : transparent;
  };
}

function spark(x: number, y: number): number {
  const square = x * x + y * y;
  if (square > 1) return transparent;
  return square < 0.3 ? colourNumber(ramps.grey, 15) : colourNumber(ramps.opponent, 15);
}

export const spriteImages = {
  apple: draw(apple),
  lemon: draw(lemon),
  goal: draw(goal),
  post: draw(post),
  shield: draw(shield),
  gadget: draw(gadget),
  spark: draw(spark),
  opponentFront: draw(opponent(0)),
  opponentLeft: draw(opponent(-0.2)),
  opponentRight: draw(opponent(0.2)),
  opponentBack: draw(opponent(undefined)),
} as const;

/** Keys in the doors' colours, in the same order. */
export const keyImages: readonly Image[] = doorRamps.map((ramp) => draw(key(ramp)));
