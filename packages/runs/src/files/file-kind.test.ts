import { expect, it } from 'vitest';
import { kindOfFile } from './file-kind.js';

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

it.each([
  ['RIFF\0\0\0\0WAVEfmt ', 'a WAV file'],
  ['ID3\x04\0\0', 'an MP3 file'],
  ['\xff\xfb\x90\xc4', 'an MP3 file'],
  ['\xff\xe3\x18\xc4', 'an MP3 file'],
  ['BM\x36\x10\0\0\0\0\0\0\x36', 'a BMP picture'],
  ['OggS\0\0', 'an Ogg file'],
  ['\0\0\0\x20ftypM4A ', 'an MPEG-4 file, such as M4A or MP4'],
  ['FORM\0\0\0\0AIFF', 'an AIFF file'],
  ['\x1f\x8b\x08', 'a gzip file'],
  ['version https://git-lfs.github.com/spec/v1', 'a Git LFS pointer, not the file itself'],
  ['<!DOCTYPE html><html>', 'a web page (HTML)'],
  ['<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="">', 'an SVG drawing'],
  ['\x89PNG\r\n', 'a PNG picture'],
  ['', 'an empty file'],
])('calls %j %s', (head, kind) => {
  expect(kindOfFile(bytes(head))).toBe(kind);
});

it('does not take a text that begins with BM for a picture', () => {
  expect(kindOfFile(bytes('BMW makes cars.'))).toBeUndefined();
});

it('does not name 100 random bytes', () => {
  expect(kindOfFile(Uint8Array.from({ length: 100 }, (_, index) => (index * 37 + 200) % 256))).toBeUndefined();
});
