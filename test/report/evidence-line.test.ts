import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidenceText } from '../../src/report/evidence-line.ts';

const textOf = (text: string) => evidenceText({ text });

test('a line of evidence has no stamp of its own: the time stands before it once', () => {
  assert.equal(
    textOf(
      '[1795849925.312221]\t[DESTROY] tcp      6 ESTABLISHED [ASSURED] delta-time=1 [start=Sat Nov 28 07:12:04 2026] [stop=Sat Nov 28 07:12:05 2026]',
    ),
    '[DESTROY] tcp 6 ESTABLISHED [ASSURED] delta-time=1',
  );
  assert.equal(
    textOf('[2026-11-28T07:11:55.698451] Deleted 30003:\tnot from all iif eth0 lookup 1'),
    'Deleted 30003: not from all iif eth0 lookup 1',
  );
  assert.equal(
    textOf('2026-11-28T07:12:52.882143Z 10.44.0.10:8080 closed, and its process ended'),
    '10.44.0.10:8080 closed, and its process ended',
  );
});

test('nor has a line of the kernel’s trace; who ran and what is told stay', () => {
  assert.equal(
    textOf(
      '   redis-server-812     (    812) [001] d..1.  5123.123456: tcp_send_reset: family=AF_INET sport=6379',
    ),
    'redis-server-812 ( 812) tcp_send_reset: family=AF_INET sport=6379',
  );
  assert.equal(
    textOf('<idle>-0       [000] ..s..  5123.123456: tcp_receive_reset: family=AF_INET'),
    '<idle>-0 tcp_receive_reset: family=AF_INET',
  );
});

test('what only looks like a stamp stays', () => {
  assert.equal(textOf('node-1: drop +2'), 'node-1: drop +2');
  assert.equal(textOf('[NEW] tcp 6 120 SYN_SENT'), '[NEW] tcp 6 120 SYN_SENT');
  assert.equal(
    textOf('10.44.0.10 dev cali-servernext scope link'),
    '10.44.0.10 dev cali-servernext scope link',
  );
});
