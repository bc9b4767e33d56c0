import assert from 'node:assert/strict';
import { test } from 'node:test';
import { destroySocketsWords } from '../../../src/system/tools/ss-kill.ts';

test('a filter of sockets is said in ss’s words: its states, and both ports', () => {
  assert.deepEqual(destroySocketsWords({ states: ['established'], localPort: 8_080 }), [
    ...['ss', '-KtnH', 'state', 'established', 'sport = :8080'],
  ]);
  assert.deepEqual(destroySocketsWords({ states: ['close-wait', 'closing'], localPort: 1, remotePort: 2 }), [
    ...['ss', '-KtnH', 'state', 'close-wait', 'state', 'closing', 'sport = :1 and dport = :2'],
  ]);
  assert.deepEqual(destroySocketsWords({ states: ['established'] }), ['ss', '-KtnH', 'state', 'established']);
});
