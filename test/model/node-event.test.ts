import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeEventSchema } from '../../src/model/node-event.ts';

const at = { at: '2026-11-28T06:00:00.000000Z', node: 'node-1', text: 'as printed' };
const tuple = { src: '10.0.0.2', sport: 8_080, dst: '10.0.0.3', dport: 40_001 };
const redis = { pid: 4_711, command: 'redis-server', container: null, pod: 'shop/redis-0' };
const kernel = {
  ...{ event: 'kernel', ...at, source: 'kernel-events', file: 'evidence/node-1/kernel-events.log' },
  ...{ tracepoint: 'send-reset', context: 'process', process: redis, cookie: null, socket: '00000000abcd' },
  ...{ packet: null, tuple, state: 'CLOSE', newState: null, reason: 'TCP_ABORT_ON_CLOSE', number: null },
  stack: [],
};
const socket = {
  ...{ event: 'socket', ...at, source: 'sockets', file: 'evidence/node-1/sockets.log', change: 'destroyed' },
  ...{ scope: '10.0.0.2', cookie: '4f', tuple, state: 'UNCONN', process: redis, cgroup: null, unread: 3 },
  ...{ unsent: 0, lastSentMs: 12, lastReceivedMs: 3, bytesSent: 90, bytesReceived: 40, retransmissions: 0 },
  timer: null,
};
const name = {
  ...{ event: 'name', ...at, source: 'names', file: 'evidence/node-1/names.log' },
  ...{ address: '10.96.0.10', port: 6_379, kind: 'service', name: 'shop/redis' },
};

describe('the events of a node', () => {
  it('have a form for what the kernel, its sockets and the names of addresses tell', () => {
    for (const event of [kernel, socket, name]) assert.deepEqual(nodeEventSchema.parse(event), event);
  });

  it('are refused where that is not kept: a context that nobody knows, a port that is no number', () => {
    for (const event of [
      { ...kernel, context: 'softirq?' },
      { ...socket, tuple: { ...tuple, sport: '8080' } },
      { ...name, kind: 'host' },
    ])
      assert.equal(nodeEventSchema.safeParse(event).success, false);
  });
});
