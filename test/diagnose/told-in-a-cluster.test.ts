// What a node of a Kubernetes 1.34 cluster told of connections of redis-cli, and of one of the API server's, as recorded there: kernel 6.18,
// kube-proxy in nftables mode.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { lostByNodes } from '../../src/diagnose/connections/lost-by-nodes.ts';
import { createNodeReader } from '../../src/diagnose/connections/node-timeline.ts';
import { diagnoseWire } from '../../src/diagnose/diagnose.ts';
import { formatEndpoint } from '../../src/model/endpoint.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import { recordedEvents } from './recorded-events.ts';

function lostIn(events: readonly NodeEvent[]): string[] {
  const reader = createNodeReader(null);
  for (const event of events) reader.add(event);
  return lostByNodes(reader.timeline()).lost.map(
    ({ client, target }) => `${client === null ? '?' : formatEndpoint(client)} > ${formatEndpoint(target)}`,
  );
}

const causesIn = (events: readonly NodeEvent[]) =>
  diagnoseWire(events, causeModels).map(
    ({ suspects, cause, certainty }) =>
      `${suspects.join(' ')} ${certainty?.author ?? '?'}, ${cause} ${certainty?.cause ?? '?'}`,
  );

describe('a connection that was made while the routing rule stood, and of which the RST alone was captured', () => {
  const told = recordedEvents('moved-in-the-loop.ndjson');

  it('is one, of who dialled, to the address that was dialled', () => {
    assert.deepEqual(lostIn(told), ['10.44.0.6:47860 > 10.96.2.196:6379']);
  });

  it('was reset by the server’s kernel because the rule went', () => {
    assert.deepEqual(causesIn(told), ['server-kernel proven, route-table-conflict proven']);
  });
});

describe('a second RST to the port that the rule had given it, which no entry turns back any more', () => {
  // The port is a lower one than the server's, as translation may choose it.
  const [given, lower] = [38_982, 5_634];
  const told = recordedEvents('moved-in-the-loop.ndjson').flatMap((event): NodeEvent[] => {
    if (event.event === 'conntrack' && event.reply.dport === given)
      return [{ ...event, reply: { ...event.reply, dport: lower } }];
    const isReset =
      event.event === 'packet' && event.tuple.dport === 47_860 && event.tuple.src === '10.44.0.5';
    return isReset ? [event, { ...event, tuple: { ...event.tuple, dport: lower } }] : [event];
  });

  it('is no connection of the server’s with its client', () => {
    assert.deepEqual(lostIn(told), ['10.44.0.6:47860 > 10.96.2.196:6379']);
  });
});

describe('connections that their clients closed', () => {
  const told = recordedEvents('left-by-its-client.ndjson');

  it('are lost where the client had not read all, and not where it said goodbye with no question open', () => {
    assert.deepEqual(lostIn(told), ['10.128.0.1:50372 > 10.128.0.1:6443']);
  });

  it('were not lost because of a route that goes by way of that address', () => {
    assert.deepEqual(causesIn(told), ['client-application proven, client-aborted proven']);
  });
});
