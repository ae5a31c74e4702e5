import { describe, expect, it } from 'vitest';

import { parseTrainingEvent } from './events.js';
import { events } from './fixtures/examples.js';

describe('a training event', () => {
  it.each(Object.values(events))('of type $type comes back unchanged after one round through JSON', (event) => {
    expect(parseTrainingEvent(JSON.stringify(event), 'events.jsonl:1')).toEqual(event);
  });

  it('of a type outside the 8 is refused, and the place named', () => {
    expect(() => parseTrainingEvent('{"type":"step-begin"}', 'events.jsonl:3')).toThrow(
      /^events\.jsonl:3: expected a training event, but type: /,
    );
  });

  it('is refused when accuracy has 2 entries and boundNats 1', () => {
    const event = { ...events['step-end'], boundNats: [0.1] };
    expect(() => parseTrainingEvent(JSON.stringify(event), 'x')).toThrow(/one entry each per prediction step/);
  });

  it('is refused when an accuracy is 1.5', () => {
    const event = { ...events['step-end'], accuracy: [1.5, 0] };
    expect(() => parseTrainingEvent(JSON.stringify(event), 'x')).toThrow(/accuracy\.0: /);
  });
});
