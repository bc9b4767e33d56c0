import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeEventSchema } from '../../src/model/node-event.ts';
import { eventsShare, rawShare, type Witness } from '../../src/observe/witness.ts';
import * as registered from '../../src/observe/witnesses.ts';

const witnesses: readonly Witness[] = Object.values(registered);

describe('the witnesses', () => {
  it('have names of their own, which can be read back as the source of an event', () => {
    const names = witnesses.map(({ name }) => name);
    assert.ok(names.length >= 7, names.join(', '));
    assert.equal(new Set(names).size, names.length);
    const frame = { event: 'listener', at: '', node: 'n', text: '', file: '', scope: 'n', change: 'opened' };
    for (const source of names)
      assert.equal(nodeEventSchema.parse({ ...frame, source, port: 1 }).source, source);
    for (const source of ['', '../x', 'A', 'x y', 'x'.repeat(64)])
      assert.equal(nodeEventSchema.safeParse({ ...frame, source, port: 1 }).success, false, source);
  });

  it('have room for their raw files that together with the events is no more than all', () => {
    const raw = witnesses.map((witness) => rawShare(witness, witnesses));
    assert.ok(raw.every((share) => share > 0));
    const all = raw.reduce((sum, share) => sum + share, eventsShare);
    // As far as so many fractions add up.
    assert.ok(Math.abs(all - 1) < 1e-12, String(all));
  });

  it('give up some of their room to a new one', () => {
    const three = { share: 3 };
    const seven = [{ share: 20 }, { share: 15 }, three, three, three, three, three];
    assert.deepEqual(
      seven.map((each) => rawShare(each, seven)),
      [0.2, 0.15, 0.03, 0.03, 0.03, 0.03, 0.03],
    );
    const eight = [...seven, { share: 50 }];
    assert.equal(rawShare({ share: 50 }, eight), 0.25);
    assert.equal(rawShare({ share: 20 }, eight), 0.1);
  });
});
