import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePicture } from './decode-picture.js';
import { megapixelsOf } from './image-limit.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-vision-decode-'));
});
afterAll(() => rm(folder, { recursive: true }));

const orange = { r: 200, g: 120, b: 40 };
const plain = (background: { r: number; g: number; b: number; alpha?: number }, side = 40) =>
  sharp({ create: { width: side, height: side, channels: background.alpha === undefined ? 3 : 4, background } });

async function decoded(name: string, bytes: Uint8Array, side = 8) {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return decodePicture(path, name, side);
}

/** The first pixel. */
async function colourOf(name: string, bytes: Uint8Array): Promise<number[]> {
  const { side, data } = await decoded(name, bytes);
  expect([side, data.length]).toEqual([8, 8 * 8 * 3]);
  return [...data.subarray(0, 3)];
}

function expectNear(colour: readonly number[], expected: readonly number[], distance: number): void {
  for (const [channel, value] of expected.entries())
    expect(Math.abs((colour[channel] ?? 0) - value)).toBeLessThanOrEqual(distance);
}

describe('decodePicture', () => {
  it('gives 8 x 8 pixels of 3 bytes of a JPEG, a PNG and a WebP, within 3 of 255', async () => {
    const wanted = [200, 120, 40];
    expectNear(await colourOf('a.jpg', await plain(orange).jpeg({ quality: 95 }).toBuffer()), wanted, 3);
    expect(await colourOf('a.png', await plain(orange).png().toBuffer())).toEqual(wanted);
    expectNear(await colourOf('a.webp', await plain(orange).webp({ lossless: true }).toBuffer()), wanted, 3);
  });

  it('brings grey, 16-bit and CMYK pictures to 8-bit colour', async () => {
    const grey = await plain(orange).toColourspace('b-w').png().toBuffer();
    expect((await sharp(grey).metadata()).channels).toBe(1);
    const [red, green, blue] = await colourOf('grey.png', grey);
    expect(red).toBe(green);
    expect(red).toBe(blue);
    const deep = await plain(orange).toColourspace('rgb16').png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    expectNear(await colourOf('deep.png', deep), [200, 120, 40], 1);
    const cmyk = await plain(orange).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    expectNear(await colourOf('cmyk.jpg', cmyk), [200, 120, 40], 30);
  });

  it('puts transparent pictures before middle grey', async () => {
    expect(
      await colourOf(
        'clear.png',
        await plain({ ...orange, alpha: 0 })
          .png()
          .toBuffer(),
      ),
    ).toEqual([128, 128, 128]);
  });

  it('turns a picture as its camera held it, and cuts off what sticks out on the longer side', async () => {
    const left = await plain({ r: 255, g: 0, b: 0 }, 20).png().toBuffer();
    const wide = sharp({ create: { width: 60, height: 20, channels: 3, background: { r: 0, g: 0, b: 255 } } });
    const marked = wide.composite([{ input: left, left: 0, top: 0 }]).withMetadata({ orientation: 6 });
    const upright = await decoded('turned.jpg', await marked.jpeg({ quality: 95 }).toBuffer());
    expectNear([...upright.data.subarray(0, 3)], [0, 0, 255], 60); // the red third is above what is kept
    const square = sharp({ create: { width: 20, height: 20, channels: 3, background: { r: 0, g: 0, b: 255 } } });
    const half = await plain({ r: 255, g: 0, b: 0 }, 10).png().toBuffer();
    const corner = square.composite([{ input: half, left: 0, top: 0 }]).withMetadata({ orientation: 6 });
    const { data } = await decoded(
      'corner.jpg',
      await corner.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(),
    );
    expectNear([...data.subarray(7 * 3, 8 * 3)], [255, 0, 0], 40); // from the upper left to the upper right
    expectNear([...data.subarray(0, 3)], [0, 0, 255], 40);
  });

  it('names a truncated, an empty and an animated picture, text, another format, and one of 65 million pixels by the name of the option', async () => {
    const whole = await sharp({
      create: {
        width: 200,
        height: 200,
        channels: 3,
        background: orange,
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
      .jpeg()
      .toBuffer();
    await expect(decoded('cut.jpg', whole.subarray(0, whole.length / 2))).rejects.toThrow(
      /^cut\.jpg: expected one whole/,
    );
    await expect(decoded('empty.png', new Uint8Array(0))).rejects.toThrow(/empty\.png.*received an empty file/);
    await expect(decoded('text.jpg', new TextEncoder().encode('no picture'))).rejects.toThrow(
      /text\.jpg: expected one/,
    );
    await expect(decoded('a.gif', await plain(orange).gif().toBuffer())).rejects.toThrow(/received a GIF picture/);
    const frames = await Promise.all([0, 255].map((r) => plain({ r, g: 0, b: 0 }, 16).png().toBuffer()));
    const moving = await sharp(frames, { join: { animated: true } })
      .webp({ loop: 0, delay: [100, 100] })
      .toBuffer();
    await expect(decoded('moving.webp', moving)).rejects.toThrow(/an animation of 2 frames/);
    await expect(decoded('huge.png', pngHeader(6_500, 10_000))).rejects.toThrow(
      /6500 x 10000 pixels, more than 64 million\. .*raise maximumMegapixels \(CPC_MAXIMUM_MEGAPIXELS for the command\)/,
    );
  });

  it('refuses an interlaced PNG of 48 million pixels of 6 bytes, which is in memory as a whole, and takes 60 million of 3 by its header', async () => {
    await expect(decoded('deep.png', pngHeader(6_000, 8_000, [16, 2, 0, 0, 1]))).rejects.toThrow(
      /6000 x 8000 pixels, which take 288 MB at once, more than 256 MB\. .*CPC_MAXIMUM_MEGAPIXELS/,
    );
    for (const kind of [
      [8, 2, 0, 0, 1],
      [16, 2, 0, 0, 0],
    ]) {
      const error = await decoded('photo.png', pngHeader(6_000, 10_000, kind)).catch(String); // it has no pixels
      expect(error).not.toMatch(/CPC_MAXIMUM/);
    }
  });

  it('refuses 4 pixels where 0.000001 megapixels are allowed; a program may allow more than 64', async () => {
    const path = join(folder, 'small.png');
    await writeFile(path, await plain(orange, 2).png().toBuffer());
    await expect(decodePicture(path, 'small.png', 8, 1e-6)).rejects.toThrow(
      /2 x 2 pixels, more than 0\.000001 million/,
    );
    await writeFile(path, pngHeader(20_000, 20_000));
    await expect(decodePicture(path, 'small.png', 8, 1000)).rejects.not.toThrow(/more than/);
  });

  it('takes 100 megapixels from the environment, and refuses "many" and 0 by the name of the variable', () => {
    expect([megapixelsOf('100'), megapixelsOf('')]).toEqual([100, 64]);
    for (const text of ['many', '0', '-1']) expect(() => megapixelsOf(text)).toThrow(/^CPC_MAXIMUM_MEGAPIXELS: /);
  });

  it('refuses an SVG, a PDF and a GIF called .png by their first bytes, before a decoder of theirs sees them', async () => {
    const svg = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
    await expect(decoded('a.png', Buffer.from(svg))).rejects.toThrow(/^a\.png: .*received an SVG drawing/);
    await expect(decoded('b.png', Buffer.from('%PDF-1.7'))).rejects.toThrow(/received a PDF document/);
    await expect(decoded('c.png', await plain(orange).gif().toBuffer())).rejects.toThrow(/received a GIF picture/);
  });

  it('refuses a file that is gone, so that it can be skipped, by name', async () => {
    const gone = decodePicture(join(folder, 'gone.jpg'), 'gone.jpg', 8);
    await expect(gone).rejects.toMatchObject({
      name: 'DamagedImageError',
      where: 'gone.jpg',
      received: 'no such file or folder (ENOENT)',
    });
  });
});

/** A PNG whose header is whole and whose pixels are not there. */
function pngHeader(width: number, height: number, kind: readonly number[] = [8, 2, 0, 0, 0]): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set(kind, 8); // 8 bits, red, green and blue, not interlaced
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, pngChunk('IHDR', header), pngChunk('IDAT', Buffer.alloc(16)), pngChunk('IEND')]);
}

function pngChunk(type: string, data = Buffer.alloc(0)): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
