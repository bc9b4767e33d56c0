import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { describe, it } from 'node:test';
import { globalIpv6, ownAddressesIn, parseLocalAddresses } from '../../src/observe/local-addresses.ts';
import { recordedText } from './recorded.ts';

describe("a namespace's own addresses", () => {
  it("are a pod's one address, and a node's", () => {
    assert.deepEqual(parseLocalAddresses(recordedText('fib_trie-pod.txt')), ['10.44.0.10']);
    assert.deepEqual(parseLocalAddresses(recordedText('fib_trie-node.txt')), ['10.128.0.11']);
  });

  it('are none before one is given', () => {
    assert.deepEqual(parseLocalAddresses(''), []);
    assert.deepEqual(
      parseLocalAddresses('Local:\n  +-- 127.0.0.0/8 2 0 2\n     |-- 127.0.0.1\n        /32 host LOCAL\n'),
      [],
    );
  });

  it('are all that a process there has in /proc, and none once it is gone', () => {
    const own = ownAddressesIn('/proc/self');
    const known = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    for (const { address, internal, scopeid } of known)
      if (!internal && (scopeid ?? 0) === 0) assert.ok(own.includes(address), `${address} of ${own.join()}`);
    assert.ok(!own.some((address) => address.startsWith('127.') || address === '::1'));
    assert.deepEqual(ownAddressesIn('/proc/no-process'), []);
  });

  it('of IPv6 are written as in the packets that they are looked for in', () => {
    const lines = [
      'fe80000000000000041f33fffe1c2a01 02 40 20 80     eth0',
      '00000000000000000000000000000001 01 80 10 80       lo',
      'fd000010004400000000000000000010 02 80 00 80     eth0',
    ];
    assert.deepEqual(globalIpv6(lines.join('\n')), ['fd00:10:44::10']);
    assert.deepEqual(globalIpv6(lines.slice(0, 2).join('\n')), []);
  });
});
