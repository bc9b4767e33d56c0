// Another owner of the server's address may stand elsewhere, and be heard of a little late by its kernel: it is the server's all the same.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { facts } from '../../src/diagnose/facts/index.ts';
import { moves } from './facts/address-owner-rows.ts';
import { atClient, isReset, kernel, known, listenerAnswers } from './kernel-events.ts';
import { failed, lost, port, ran, serverRst, storyOf, talk } from './made-by-hand.ts';
import { firstEntry } from './story-events.ts';

const probes = [failed()];
const watched = [...['capture', 'conntrack-events', 'neighbours'].flatMap(ran), ...known];
const withRst = (ttl: number) => [...watched, ...talk(), firstEntry(1, port), ...serverRst({ ttl })];

describe('the RST of another owner of the address', () => {
  it('may have come less far, or further, than what the first one sent', () => {
    const look = facts['RST has another TTL'];
    assert.equal(look(storyOf(withRst(63), probes)).seen, 'yes');
    assert.equal(look(storyOf([...withRst(63), moves(2.05, [0, 1])], probes)).seen, 'unknown');
  });

  it('is not denied where a listener answered somebody within what stamps of two witnesses differ by', () => {
    const look = facts["server's kernel sent a RST"];
    const nodes = [...withRst(64), ...kernel, isReset(atClient)];
    assert.equal(look(storyOf(nodes, probes)).seen, 'no');
    assert.equal(look(storyOf([...nodes, listenerAnswers(lost + 0.012)], probes)).seen, 'unknown');
  });
});
