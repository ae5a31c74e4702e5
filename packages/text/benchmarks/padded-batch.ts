/** A batch as ours takes it, with sentences behind one another, in the form in which a user of PyTorch has it: a sentence a row. */
import type { HostTensor, NamedHostTensors } from '@cpc/compile';
import { CpcError } from '@cpc/core';

/**
 * @param batch - `words` `[R, P]`, `shares` `[R, K, P]` and `slots` `[R K]`, as the domain draws them; the rest stays as it is.
 * @returns `words` and `mask`, `[R K, maxWords]`; behind a sentence's end its last word stands again, masked. `read` are the words in
 *   the order in which ours reads them, which is that of its gradient's rows.
 */
export function paddedBatch({ words, shares, slots, ...others }: NamedHostTensors, maxWords: number): NamedHostTensors {
  if (words === undefined || shares === undefined || slots === undefined)
    throw new CpcError({
      where: 'bench text',
      expected: 'words, shares and slots in a batch',
      received: Object.keys(others),
    });
  const [rows = 0, count = 0, places = 0] = shares.shape;
  const shape = [rows * count, maxWords];
  const padded: HostTensor = { shape, data: new Int32Array(rows * count * maxWords) };
  const mask: HostTensor = { shape, data: new Float32Array(rows * count * maxWords) };
  for (let sentence = 0; sentence < rows * count; sentence++) {
    const slot = Number(slots.data[sentence]);
    const ofSentence = shares.data.subarray(slot * places, (slot + 1) * places);
    const start = ofSentence.findIndex((share) => share > 0);
    const length = ofSentence.filter((share) => share > 0).length;
    const first = Math.floor(slot / count) * places + start;
    for (let place = 0; place < maxWords; place++) {
      padded.data[sentence * maxWords + place] = Number(words.data[first + Math.min(place, length - 1)]);
      mask.data[sentence * maxWords + place] = place < length ? 1 : 0;
    }
  }
  return { ...others, words: padded, mask, read: words };
}
