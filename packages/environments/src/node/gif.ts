/** Frames of an episode as an animated GIF, for people to look at. No native tools. */
import { createRequire } from 'node:module';
import { CpcArgumentError } from '@cpc/base';

type Palette = number[][];

/** What is used here of gifenc 1.0, which has no types of its own. */
interface Gifenc {
  GIFEncoder(): {
    /** `delay` in milliseconds; `repeat` 0 for ever. */
    writeFrame(
      numbers: Uint8Array,
      width: number,
      height: number,
      options: { palette: Palette; delay: number; repeat: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  };
  /** A palette of at most `colours` colours for pixels of red, green, blue and alpha. */
  quantize(pixels: Uint8Array, colours: number): Palette;
  /** The number of the nearest of a palette's colours, for every pixel. */
  applyPalette(pixels: Uint8Array, palette: Palette): Uint8Array;
}

// Required, since its main file is CommonJS marked as a module: what an import of it gives differs between loaders.
const gifenc: Gifenc = createRequire(import.meta.url)('gifenc');

export interface GifOptions {
  /** `[height, width, 3]`, as an environment's observations are. */
  readonly shape: readonly number[];
  /** From 1 to 50; default 15: steps of four frames at 60 a second. GIF keeps hundredths of a second. */
  readonly framesPerSecond?: number;
  /** Every pixel becomes so many across and down, from 1 to 16; default 3. */
  readonly scale?: number;
}

const paletteColours = 256;

/**
 * An animated GIF that repeats for ever. Each frame has the 256 colours that suit it.
 *
 * @param frames - each `[height, width, 3]`, 0 to 255.
 * @throws {CpcArgumentError} if there are no frames, or one is of another size; if a number is out of range.
 *
 * @example
 * await writeFile('agent.gif', encodeGif(frames, { shape: [72, 96, 3] }));
 */
export function encodeGif(frames: Iterable<Uint8Array>, options: GifOptions): Uint8Array {
  const { shape, framesPerSecond = 15, scale = 3 } = options;
  const [height = 0, width = 0] = shape;
  requireShape(shape);
  requireRange('framesPerSecond', framesPerSecond, 50);
  requireRange('scale', scale, 16);
  const encoder = gifenc.GIFEncoder();
  let count = 0;
  for (const frame of frames) {
    requireSize(frame, height * width * 3, count++);
    const pixels = enlarged(frame, width, height, Math.round(scale));
    const palette = gifenc.quantize(pixels, paletteColours);
    const numbers = gifenc.applyPalette(pixels, palette);
    const size = [width * Math.round(scale), height * Math.round(scale)] as const;
    encoder.writeFrame(numbers, ...size, { palette, delay: 1000 / framesPerSecond, repeat: 0 });
  }
  if (count === 0) throw refusal('frames', 'at least one frame', '0 frames');
  encoder.finish();
  return encoder.bytes();
}

/** The same picture with larger pixels, of red, green, blue and alpha. */
function enlarged(frame: Uint8Array, width: number, height: number, scale: number): Uint8Array {
  const pixels = new Uint8Array(4 * width * height * scale ** 2).fill(255);
  for (let place = 0; place < pixels.length / 4; place++) {
    const column = Math.floor((place % (width * scale)) / scale);
    const row = Math.floor(place / (width * scale * scale));
    const from = 3 * (row * width + column);
    pixels.set(frame.subarray(from, from + 3), 4 * place);
  }
  return pixels;
}

function requireShape(shape: readonly number[]): void {
  const [height, width, channels] = shape;
  const isSize = (length = 0) => Number.isInteger(length) && length >= 1 && length <= 4096;
  if (shape.length === 3 && channels === 3 && isSize(height) && isSize(width)) return;
  throw refusal('shape', '[height, width, 3]', shape);
}

function requireSize(frame: Uint8Array, size: number, number: number): void {
  if (frame.length !== size) throw refusal('frames', `${size} values in frame ${number}`, `${frame.length}`);
}

function requireRange(argument: string, received: number, most: number): void {
  if (!(received >= 1 && received <= most)) throw refusal(argument, `${argument} from 1 to ${most}`, received);
}

function refusal(argument: string, expected: string, received: unknown): CpcArgumentError {
  return new CpcArgumentError({ where: 'encodeGif', argument, expected, received });
}
