import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { encodeFileVersion, encodeScalars, encodeSessionStart } from './tensorboard-events.js';
import { createTensorBoardWriter } from './tensorboard-writer.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-tensorboard-'));
});
afterEach(() => rm(folder, { recursive: true }));

const now = new Date('2026-01-02T03:04:05.500Z');
const seconds = now.getTime() / 1000;

describe('an event file', () => {
  it('holds the file version and 100 steps in order, though no write was waited for', async () => {
    const writer = await createTensorBoardWriter(folder, 0, now);
    const steps = Array.from({ length: 100 }, (_, index) => index + 1);
    const writes = steps.map((step) => writer.write(step, now, { loss: 1 / step }));
    await writer.close();
    await Promise.all(writes);
    const expected = [
      encodeFileVersion(seconds),
      ...steps.map((step) => encodeScalars(step, seconds, { loss: 1 / step })),
    ];
    expect(Buffer.concat(expected).equals(await readFile(writer.path))).toBe(true);
  });

  it('of a run that goes on with step 501 says so after the version', async () => {
    const writer = await createTensorBoardWriter(folder, 501, now);
    await writer.close();
    const expected = Buffer.concat([encodeFileVersion(seconds), encodeSessionStart(501, seconds)]);
    expect(expected.equals(await readFile(writer.path))).toBe(true);
  });

  it('has a name of its own: 2 writers in one second make 2 files', async () => {
    for (let sitting = 0; sitting < 2; sitting++) await (await createTensorBoardWriter(folder, 0, now)).close();
    const names = await readdir(folder);
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^events\.out\.tfevents\.1767323045\.[\w-]+\.\d+\.[01]$/);
  });
});

/** Reads with Google's own protocol buffer library, by a description of the messages that is written out here. */
const protobufProgram = `
import struct, sys
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
file = descriptor_pb2.FileDescriptorProto(name='event.proto', package='t', syntax='proto3')
kinds = {'double': 1, 'float': 2, 'int64': 3, 'string': 9, 'message': 11, 'enum': 5}
def message(name, *fields):
    made = file.message_type.add(name=name)
    for number, label, kind, field, of in fields:
        added = made.field.add(name=field, number=number, label=label, type=kinds[kind])
        if of: added.type_name = '.t.' + of
message('Value', (1, 1, 'string', 'tag', ''), (2, 1, 'float', 'simple_value', ''))
message('Summary', (1, 3, 'message', 'value', 'Value'))
message('SessionLog', (1, 1, 'enum', 'status', ''))
message('Event', (1, 1, 'double', 'wall_time', ''), (2, 1, 'int64', 'step', ''), (3, 1, 'string', 'file_version', ''),
        (5, 1, 'message', 'summary', 'Summary'), (7, 1, 'message', 'session_log', 'SessionLog'))
pool = descriptor_pool.DescriptorPool()
pool.Add(file)
Event = message_factory.GetMessageClass(pool.FindMessageTypeByName('t.Event'))
data = open(sys.argv[1], 'rb').read()
while data:
    length, = struct.unpack('<Q', data[:8])
    event = Event.FromString(data[12:12 + length])
    data = data[16 + length:]
    values = [[v.tag, v.simple_value] for v in event.summary.value]
    print([event.wall_time, event.step, event.file_version, event.session_log.status, values])
`;

const tensorBoardProgram = `
import sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1])
events.Reload()
print([[e.step, e.value] for e in events.Scalars('loss')])
`;

function missing(module: string): string {
  const found = spawnSync('python3', ['-c', `import ${module}`]).status === 0;
  return found ? '' : ` (skipped: python3 cannot import ${module})`;
}
const noProtobuf = missing('google.protobuf');
const noTensorBoard = missing('tensorboard');

it.skipIf(noProtobuf !== '')(`Python's protobuf reads 3 events of the file${noProtobuf}`, async () => {
  const writer = await createTensorBoardWriter(folder, 7, now);
  await writer.write(7, now, { loss: 2.5, 'accuracy/k01': 0.25 });
  await writer.close();
  const printed = execFileSync('python3', ['-c', protobufProgram, writer.path], { encoding: 'utf8' });
  expect(printed.trim().split('\n')).toEqual([
    "[1767323045.5, 0, 'brain.Event:2', 0, []]",
    "[1767323045.5, 7, '', 1, []]",
    "[1767323045.5, 7, '', 0, [['loss', 2.5], ['accuracy/k01', 0.25]]]",
  ]);
});

it.skipIf(noTensorBoard !== '')(
  `TensorBoard shows steps 1, 2, 3 of a run resumed at step 2${noTensorBoard}`,
  async () => {
    for (const [nextStep, steps] of [
      [0, [1, 2, 3, 4]],
      [2, [2, 3]],
    ] satisfies [number, number[]][]) {
      const writer = await createTensorBoardWriter(folder, nextStep, new Date(now.getTime() + nextStep * 1000));
      for (const step of steps) await writer.write(step, now, { loss: step + nextStep });
      await writer.close();
      expect(basename(writer.path)).toContain('tfevents');
    }
    const printed = execFileSync('python3', ['-c', tensorBoardProgram, folder], { encoding: 'utf8' });
    expect(JSON.parse(printed)).toEqual([
      [1, 1],
      [2, 4],
      [3, 5],
    ]);
  },
);
