import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseLocalAddresses } from '../../src/observe/local-addresses.ts';
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
});
