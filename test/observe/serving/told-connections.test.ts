// Nothing leaves a node but what was asked for, and what is about no connection; all legs of a connection go together.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createToldConnections } from '../../../src/observe/serving/told-connections.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { endOfSocket, told as kernelTold } from '../../diagnose/kernel-events.ts';
import { asked, counters, leaves, listener, packet, port, source } from '../../diagnose/made-by-hand.ts';
import { client, firstEntry, server } from '../../diagnose/story-events.ts';

const wantServer = { addresses: [server], ports: [] };

function of(node: string, wanted: { addresses: readonly string[]; ports: readonly number[] }) {
  const told = createToldConnections(node);
  told.want(wanted);
  return told;
}

it('tells nothing of a connection before anybody asks for one', () => {
  const told = createToldConnections('node-1');
  assert.equal(told.isTold(packet(1, ['cali-server', 'in'], leaves, 'P.')), false);
  assert.equal(told.isTold(firstEntry(1, port)), false);
  assert.equal(told.isTold(listener(1, 'opened')), true);
  assert.equal(told.isTold(source('capture', 'started')), true);
});

it('tells of a leg that names none of the addresses once an entry has joined it to one that does', () => {
  const told = of('node-1', wantServer);
  const dialled = packet(1, ['cali-client', 'in'], asked, 'P.');
  assert.equal(told.isTold(dialled), false);
  assert.equal(told.isTold(firstEntry(1, port)), true);
  assert.equal(told.isTold(dialled), true);
});

it('tells of every RST, since kernels count them by namespaces', () => {
  const told = of('node-1', wantServer);
  const elsewhere = { src: '10.9.9.9', sport: 1, dst: '10.9.9.8', dport: 2 };
  assert.equal(told.isTold(packet(1, ['eth0', 'in'], elsewhere, 'R')), true);
  assert.equal(told.isTold(packet(1, ['eth0', 'in'], elsewhere, '.')), false);
});

it('tells of a socket by its number where a line names no connection', () => {
  const told = of('node-1', wantServer);
  const nameless = kernelTold(1, 'socket-error', null, { cookie: '77' });
  assert.equal(told.isTold(nameless), false);
  assert.equal(told.isTold(kernelTold(1, 'set-state', leaves, { cookie: '77' })), true);
  assert.equal(told.isTold(nameless), true);
});

it('tells what was counted at either end, and on the node itself, but not in other pods', () => {
  const told = of('node-1', wantServer);
  const counted = (scope: string) => told.isTold(counters('snmp', scope, { TcpOutRsts: 1 }, [0, 1]));
  assert.deepEqual([counted('node-1'), counted(server), counted(client)], [true, true, false]);
  told.isTold(packet(1, ['cali-server', 'in'], leaves, 'P.'));
  assert.equal(counted(client), true);
  assert.equal(counted('10.9.9.9'), false);
});

it('tells of an entry that was there before anybody asked for its addresses, once, and of none that is gone', () => {
  const told = createToldConnections('node-1');
  const listed = firstEntry(1, port, 'listed');
  assert.equal(told.isTold(listed), false);
  assert.deepEqual(told.want(wantServer), [listed]);
  assert.deepEqual(told.want(wantServer), []);
  const gone = createToldConnections('node-1');
  for (const change of ['new', 'destroy'] as const) gone.isTold(firstEntry(1, port, change));
  assert.deepEqual(gone.want(wantServer), []);
});

it('forgets what is no longer asked for', () => {
  const told = of('node-1', wantServer);
  const seen = packet(1, ['cali-server', 'in'], leaves, 'P.');
  assert.equal(told.isTold(seen), true);
  told.want({ addresses: ['10.9.9.9'], ports: [] });
  const other = packet(1, ['cali-server', 'in'], { ...leaves, dport: 4_242 }, 'P.');
  assert.equal(told.isTold(other), false);
  told.want({ addresses: [], ports: [4_242] });
  assert.equal(told.isTold(other), true);
});

it('tells of sockets that were listed before they were asked for, once, and of those that are still open', () => {
  const told = createToldConnections('node-1');
  const listed = (cookie: string, change: 'seen' | 'destroyed'): NodeEvent => {
    const event = endOfSocket({ ...leaves, dport: Number(cookie) }, 0);
    return event.event === 'socket' ? { ...event, cookie, change } : event;
  };
  for (const cookie of ['1', '2']) assert.equal(told.isTold(listed(cookie, 'seen')), false);
  assert.equal(told.isTold(listed('2', 'destroyed')), false);
  const numbers = () =>
    told.want(wantServer).map((event) => (event.event === 'socket' ? event.cookie : null));
  assert.deepEqual(numbers(), ['1']);
  assert.deepEqual(numbers(), []);
});
