import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeEventSchema } from '../../../src/model/node-event.ts';
import { linesOf, sortOut, type Kept } from './recorded-trace.ts';

/** `P` a system call, `S` an interrupt; the end that it happened at; what it says. */
function short({ tracepoint, context, tuple, state, newState, reason, number }: Kept): string {
  const end =
    tuple === null ? '' : tuple.src.endsWith('.1') || tuple.src.endsWith(':1') ? ' server' : ' client';
  const says = [state, newState === null ? null : `>${newState}`, reason, number].filter(
    (part) => part !== null,
  );
  return [`${context === 'process' ? 'P' : 'S'} ${tracepoint}${end}`, ...says].join(' ');
}

const aborted = [
  'S receive-reset client',
  'S set-state client ESTABLISHED >CLOSE',
  'S socket-error client 104',
];

/** All that is told until the peer of what ends has been told, in order. */
const endings: readonly (readonly [name: string, what: string, events: readonly string[]])[] = [
  [
    'unread',
    'a close with unread data is an abort by the process that closes',
    ['P set-state server ESTABLISHED >CLOSE', ...aborted, 'P send-reset server CLOSE TCP_ABORT_ON_CLOSE'],
  ],
  [
    'linger0',
    'a close without lingering is an abort, too, and forgets its peer',
    [
      'P set-state server ESTABLISHED >CLOSE',
      ...aborted,
      'P send-reset server CLOSE TCP_STATE',
      'P socket-error server 104',
      'P destroy-socket server',
    ],
  ],
  [
    'sigkill',
    'a process that is killed closes what it has: by FIN, and by RST where data was unread',
    [
      'P signal 9',
      'P process-exit',
      'P set-state server ESTABLISHED >FIN_WAIT1',
      'S set-state client ESTABLISHED >CLOSE_WAIT',
      'P set-state server ESTABLISHED >CLOSE',
      ...aborted,
      'P send-reset server CLOSE TCP_ABORT_ON_CLOSE',
    ],
  ],
  [
    'ssk',
    'a socket that is destroyed under its program',
    [
      'P send-reset server ESTABLISHED TCP_STATE',
      'P set-state server ESTABLISHED >CLOSE',
      'P socket-error server 103',
      ...aborted,
    ],
  ],
  [
    'nolistener',
    'a closed port is answered by a kernel without a socket',
    [
      'S send-reset server UNKNOWN NO_SOCKET',
      'P receive-reset client',
      'P set-state client SYN_SENT >CLOSE',
      'P socket-error client 111',
    ],
  ],
  [
    'unknowntuple',
    'a listener answers whom it does not know',
    [
      'P send-reset server ESTABLISHED TCP_STATE',
      'P set-state server ESTABLISHED >CLOSE',
      'P socket-error server 103',
      // What had taken the socket ends at once.
      'P process-exit',
      'S send-reset server LISTEN TCP_FLAGS',
      'P receive-reset client',
    ],
  ],
  [
    'reject',
    'a rule that rejects is no socket of anybody',
    [
      'P receive-reset client',
      'P set-state client ESTABLISHED >CLOSE',
      'P socket-error client 104',
      'P destroy-socket client',
    ],
  ],
  [
    'keepalive',
    'keep-alive that is not answered ends by RST',
    [
      'S send-reset server ESTABLISHED TCP_KEEPALIVE_TIMEOUT',
      'S set-state server ESTABLISHED >CLOSE',
      'S socket-error server 110',
      ...aborted,
    ],
  ],
  [
    'fin',
    'data after an orderly close meets what is left of it',
    [
      'P set-state server ESTABLISHED >FIN_WAIT1',
      'S set-state client ESTABLISHED >CLOSE_WAIT',
      'S send-reset server TIME_WAIT TCP_TIMEWAIT_SOCKET',
      'P receive-reset client',
      'P set-state client CLOSE_WAIT >CLOSE',
      'P socket-error client 32',
    ],
  ],
];

describe('what the kernel tells of an ending', () => {
  for (const [name, what, events] of endings) {
    for (const family of ['v4', 'v6']) {
      it(`${what} (${name}, ${family})`, () => {
        const { kept, tally } = sortOut(linesOf(`${name}-${family}`));
        assert.deepEqual(kept.slice(0, events.length).map(short), events);
        assert.equal(tally.unreadable, 0);
      });
    }
  }

  for (const family of ['v4', 'v6']) {
    it(`a kernel that gives up says so without a RST (usertimeout, ${family})`, () => {
      const { kept } = sortOut(linesOf(`usertimeout-${family}`));
      const until = kept.map(short).indexOf('S socket-error server 110');
      const before = kept.slice(0, until).map(short);
      assert.ok(
        before.filter((text) => text === 'S retransmit server ESTABLISHED').length >= 2,
        before.join(),
      );
      assert.equal(before.at(-1), 'S set-state server ESTABLISHED >CLOSE');
      assert.ok(!before.some((text) => text.includes('send-reset')));
    });
  }
});

describe('an event of the kernel', () => {
  const frame = { at: '2026-11-28T07:32:00.000001Z', source: 'kernel-events', node: 'here', file: 'x.log' };

  it('is one of the model, with who did it, the socket and both ends', () => {
    const [, receive, , , send] = sortOut(linesOf('unread-v4')).kept;
    assert.equal(nodeEventSchema.parse({ ...frame, ...send }).event, 'kernel');
    assert.deepEqual(
      [send?.process, send?.socket, send?.packet, send?.cookie],
      [{ pid: 26346, command: 'python3', container: null, pod: null }, '000000008233e219', null, null],
    );
    assert.deepEqual(send?.tuple, { src: '10.77.1.1', sport: 7001, dst: '10.77.1.2', dport: 34900 });
    assert.equal(receive?.cookie, '12de7b');
  });

  it('has the addresses of IPv6 where those of IPv4 are left over from another use', () => {
    const line = linesOf('unread-v6').find((text) => text.includes('saddr=127.0.0.6'));
    assert.ok(line !== undefined);
    const [event] = sortOut([line]).kept;
    assert.deepEqual([event?.tuple?.src, event?.tuple?.dst], ['fd77:1::1', 'fd77:1::2']);
  });

  it('of a signal names who sent it and whom it ends', () => {
    const [signal, exit] = sortOut(linesOf('sigkill-v4')).kept;
    assert.deepEqual([signal?.process?.pid, signal?.target?.pid, signal?.number], [26346, 26424, 9]);
    assert.deepEqual([exit?.process?.pid, exit?.target?.pid], [26424, 26424]);
    assert.equal(nodeEventSchema.parse({ ...frame, ...signal }).event, 'kernel');
  });

  it('is not led astray by what a program calls itself', () => {
    const line =
      'x pid=1-77 (77) [000] d..1. 40144.897029: signal_generate: sig=9 errno=0 code=0 comm=x pid=1 sig=15 y pid=26424 grp=1 res=0';
    const [signal] = sortOut([line, ...linesOf('sigkill-v4').slice(2)]).kept;
    assert.deepEqual([signal?.tracepoint, signal?.number, signal?.target?.pid], ['signal', 9, 26424]);
  });

  it('of a thread of the kernel is no decision of anybody', () => {
    const line = linesOf('unread-v4').find((text) => text.includes('tcp_send_reset'))!;
    const napi = line.replace('python3-26346   (  26346)', 'napi/eth0-9-700 (    700)');
    assert.equal(sortOut([line]).kept[0]?.context, 'process');
    assert.equal(sortOut([napi]).kept[0]?.context, 'interrupt');
    const asLookedUp = sortOut([line], { processes: { 26346: { namespace: null } } });
    assert.equal(asLookedUp.kept[0]?.context, 'interrupt');
  });
});
