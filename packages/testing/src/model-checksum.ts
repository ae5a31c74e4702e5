/** For tests of model files: what is in them, and what holds for the checksum of every domain's models. */
import { readFile, writeFile } from 'node:fs/promises';
import type { ExportRequest, TaskEvent } from '@cpc/runs';
import { decodeSafetensors, encodeSafetensors } from '@cpc/runs';
import { expect, it } from 'vitest';

/** What is in a model file, but for its checksum: so that it can be changed and written again. */
export function withoutChecksum(bytes: Uint8Array, where = 'model'): ReturnType<typeof decodeSafetensors> {
  const { tensors, metadata: written } = decodeSafetensors(bytes, where);
  const { 'cpc.sha256': _sum, 'cpc.checksum': _mark, ...metadata } = written;
  return { tensors, metadata };
}

/**
 * A test that a domain's models are exported without a checksum, but not with a wrong one.
 *
 * @param exportModel - the domain's function behind `export`.
 * @param files - asked when the test runs: a run, its model, and a file to export to.
 */
export function itChecksModels(
  exportModel: (request: ExportRequest) => AsyncIterable<TaskEvent>,
  files: () => { readonly run: string; readonly model: string; readonly out: string },
): void {
  it('a model without a checksum, as of earlier versions, is exported with 1 warning; one with a flipped bit is refused', async () => {
    const { run, model, out } = files();
    const sound = await readFile(model);
    const { tensors, metadata } = withoutChecksum(sound, model);
    const exported = () => eventsOf(exportModel({ run, out }));
    try {
      expect((await exported()).map(({ type }) => type)).toEqual(['file-written']);
      await writeFile(model, encodeSafetensors(tensors, metadata));
      expect(await exported()).toContainEqual({ type: 'warning', message: expect.stringMatching(/has no checksum/) });
      await writeFile(
        model,
        Uint8Array.from(sound, (byte, index) => (index === sound.length - 2 ? byte ^ 1 : byte)),
      );
      await expect(exported()).rejects.toThrow(/model\.safetensors: expected the SHA-256/);
    } finally {
      await writeFile(model, sound);
    }
  });
}

async function eventsOf(stream: AsyncIterable<TaskEvent>): Promise<TaskEvent[]> {
  const events: TaskEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}
