/** The sky of worlds without a ceiling: hills and clouds all round, by which directions can be told apart. */
import { createRandom } from '@cpc/base';
import { unitsPerTurn } from './angles.js';
import { colourNumber, ramps } from './colours.js';
import { frameWidth, horizon, putPixel } from './frame.js';

const around = 256;

/** `[256 * 36]`: a column of colour numbers for each of 256 directions. */
const panorama = paintPanorama();

/** `[96]`: by how many of the 256 directions each column of a frame looks aside. */
const asides = Int16Array.from({ length: frameWidth }, (_, column) =>
  Math.round((around * Math.atan((2 * column + 1) / frameWidth - 1)) / (2 * Math.PI)),
);

export function drawSky(heading: number, colours: Uint32Array, tops: Uint8Array, frame: Uint8Array): void {
  const middle = Math.round((around * heading) / unitsPerTurn);
  for (let column = 0; column < frameWidth; column++) {
    const start = horizon * ((middle + (asides[column] ?? 0)) & (around - 1));
    const end = Math.min(horizon, tops[column] ?? 0);
    for (let row = 0; row < end; row++) {
      putPixel(frame, row * frameWidth + column, colours[panorama[start + row] ?? 0] ?? 0);
    }
  }
}

function paintPanorama(): Uint8Array {
  const random = createRandom(0).fold('sky');
  const hills = smoothRound(random.fold('hills'), 12);
  const clouds = Array.from({ length: 4 }, (_, layer) => smoothRound(random.fold('clouds', layer), 20));
  return Uint8Array.from({ length: around * horizon }, (_, place) => {
    const [direction, row] = [Math.floor(place / horizon), place % horizon];
    const hillTop = horizon - 4 - 9 * (hills[direction] ?? 0);
    if (row > hillTop) return colourNumber(ramps.hills, 4 + 8 * (hills[direction] ?? 0));
    const cloud = clouds[Math.floor(row / 9)]?.[direction] ?? 0;
    const thickness = 4 - Math.abs((row % 9) - 4);
    if (cloud * 6 > 6.2 - thickness) return colourNumber(ramps.grey, 12 + thickness / 2);
    return colourNumber(ramps.ceiling, 9 + row / 6);
  });
}

/** `[256]` smooth numbers from 0 to 1 whose end joins their start. */
function smoothRound(random: ReturnType<typeof createRandom>, points: number): Float64Array {
  const heights = Float64Array.from({ length: points }, () => random.uniform());
  return Float64Array.from({ length: around }, (_, direction) => {
    const place = (points * direction) / around;
    const left = Math.floor(place);
    const share = place - left;
    const eased = share * share * (3 - 2 * share);
    return (1 - eased) * (heights[left] ?? 0) + eased * (heights[(left + 1) % points] ?? 0);
  });
}
