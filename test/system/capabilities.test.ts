import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { missingCapabilities } from '../../src/system/capabilities.ts';

describe('the capabilities of a process', () => {
  const both = ['CAP_NET_ADMIN', 'CAP_NET_RAW'] as const;

  it('are those in effect', () => {
    assert.deepEqual(missingCapabilities(both, 'CapPrm:\t000001ffffffffff\nCapEff:\t000001ffffffffff\n'), []);
    assert.deepEqual(missingCapabilities(both, 'CapPrm:\t000001ffffffffff\nCapEff:\t0000000000002000\n'), [
      'CAP_NET_ADMIN',
    ]);
    assert.deepEqual(missingCapabilities(both, 'CapEff:\t0000000000000000\n'), [...both]);
  });

  it('are none where nothing tells them', () => {
    assert.deepEqual(missingCapabilities(both, ''), [...both]);
  });
});
