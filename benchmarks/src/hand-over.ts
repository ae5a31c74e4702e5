/** How parameters and batches come to a program in another language, and its gradients back: as safetensors files. */
import { readFile, writeFile } from 'node:fs/promises';
import type { NamedHostTensors } from '@cpc/compile';
import { CpcError, flatten } from '@cpc/core';
import { decodeSafetensors, encodeSafetensors } from '@cpc/runs';
import type { CaseInput } from '@cpc/testing';

/** The batch that step `number`, counted from 1, works on. */
export function batchOfStep({ batches }: CaseInput, number: number): NamedHostTensors {
  const batch = batches[(number - 1) % batches.length];
  if (batch !== undefined) return batch;
  throw new CpcError({ where: 'benchmark case', expected: 'at least one batch', received: batches.length });
}

/** Writes `parameters/<path>` and `batches/<index>/<input>`. */
export async function writeInput({ parameters, batches }: CaseInput, path: string): Promise<void> {
  const named = [
    ...Object.entries(flatten(parameters)).map(([name, leaf]) => [`parameters/${name}`, leaf] as const),
    ...batches.flatMap((batch, index) =>
      Object.entries(batch).map(([name, tensor]) => [`batches/${index}/${name}`, tensor] as const),
    ),
  ];
  await writeFile(path, encodeSafetensors(Object.fromEntries(named)));
}

/** Reads gradients by parameter path. */
export async function readGradients(path: string): Promise<Record<string, Float32Array>> {
  const { tensors } = decodeSafetensors(await readFile(path), path);
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data }]) => {
      if (data instanceof Float32Array) return [name, data];
      throw new CpcError({ where: path, expected: `float32 gradients in ${name}`, received: data.constructor.name });
    }),
  );
}
