// Whether silence before parts what was lost from what lives, where no client of ours tells of its questions: a capture counts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { indexSilences } from '../../src/diagnose/connections/idle-bounds-seen.ts';
import { createNodeReader } from '../../src/diagnose/connections/node-timeline.ts';
import { createProbeReader } from '../../src/diagnose/connections/lost-by-probes.ts';
import { lostByNodes } from '../../src/diagnose/connections/lost-by-nodes.ts';
import { tell } from '../../src/diagnose/connections/story.ts';
import { facts } from '../../src/diagnose/facts/index.ts';
import type { NodeEvent, SilenceEvent } from '../../src/model/node-event.ts';
import { lost, port, serverRst, source, talk } from './made-by-hand.ts';
import { at, client, service } from './story-events.ts';

const silence = (more: Partial<SilenceEvent> = {}): SilenceEvent => ({
  ...{ event: 'lost-after-silence', at: at(lost), source: 'capture', text: '', node: 'node-1' },
  ...{ file: 'evidence/node-1/capture.pcap', ended: 'reset', client, server: `${service}:8080` },
  tuple: { src: client, sport: port, dst: service, dport: 8_080 },
  ...{ silenceMs: 350_000, lost: 5, shortestLostMs: 350_000, longestSurvivedMs: 300_000 },
  survivedAtMostMs: 300_000,
  coincidence: 0.001,
  livedMs: [300_000, 200_000, 100_000, 60_000, 60_000],
  ...more,
});

const target = { address: service, port: 8_080 };
const bound = (...events: SilenceEvent[]) => indexSilences(events)(client, target, () => true);

describe('what connections of anybody survived', () => {
  it('is what the capture counted last, of whoever saw most of them', () => {
    const more = silence({ node: 'node-2', lost: 7 });
    assert.equal(bound(silence({ lost: 2 }), silence())?.lost, 5);
    assert.equal(bound(more, silence())?.lost, 7);
    assert.equal(bound(silence({ client: '10.0.0.9' })), null);
  });

  it('is by chance once in as many cases as there are ways to choose the lost ones', () => {
    // 10! / (5! 5!) = 252.
    assert.ok(Math.abs((bound(silence())?.chance ?? 0) - 1 / 252) < 1e-9);
    assert.equal(bound(silence({ longestSurvivedMs: 400_000, survivedAtMostMs: 400_000 }))?.chance, 1);
  });

  it('says nothing of one that was never silent for a tenth of that', () => {
    assert.equal(bound(silence({ livedMs: [300_000, 30_000, 9_000] }))?.lived, 1);
  });
});

describe('a connection that nobody of ours made', () => {
  const bounded = (...events: NodeEvent[]) => {
    const reader = createNodeReader(null);
    for (const event of [...talk(), ...serverRst(), ...events]) reader.add(event);
    const nodes = reader.timeline();
    const [one] = lostByNodes(nodes).lost;
    assert.ok(one !== undefined);
    return facts['idle bound parts them'](tell(one, createProbeReader().timeline(), nodes));
  };

  it('has its bound from the capture', () => {
    const parted = bounded(silence());
    assert.ok(parted.seen === 'yes');
    const text = parted.evidence[0]?.text ?? '';
    assert.match(
      text,
      /^each of the 5 flows of its kind that were lost had been idle for 350 s or more, the 5 that live for 300 s at most/,
    );
    assert.equal(bounded(silence({ longestSurvivedMs: 400_000, survivedAtMostMs: 400_000 })).seen, 'no');
    assert.equal(bounded(silence({ livedMs: [] })).seen, 'unknown');
    // A restart while all were silent would do as well.
    assert.equal(bounded(silence({ coincidence: 0.2 })).seen, 'unknown');
    assert.equal(bounded().seen, 'unknown');
  });

  it('has none where the capture lost packets: a silence may have been none', () => {
    assert.equal(bounded(silence(), source('capture', 'limited', { lost: 3 })).seen, 'unknown');
  });
});
