import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseIptablesSave } from '../../../src/system/tools/iptables.ts';
import { parseNftTable, parseNftTables } from '../../../src/system/tools/nft.ts';
import { recordedText } from '../../observe/recorded.ts';

describe('the counters of firewall rules', () => {
  it('of iptables are those of rules that reject or drop, by table, chain and rule', () => {
    const { counters, tables } = parseIptablesSave(recordedText('iptables-save.txt'));
    assert.deepEqual([...tables].sort(), ['filter', 'mangle', 'nat', 'raw']);
    assert.equal(counters['filter cali-tw-cali-colocated -j DROP'], 3);
    assert.equal(counters['filter KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP'], 0);
    assert.equal(
      counters[
        'mangle cali-PREROUTING -m mark --mark 0x40000/0x40000 -m rpfilter --validmark --invert -j DROP'
      ] ??
        counters[
          'raw cali-PREROUTING -m mark --mark 0x40000/0x40000 -m rpfilter --validmark --invert -j DROP'
        ],
      0,
    );
    assert.equal(Object.keys(counters).length, 12);
    assert.equal(
      Object.keys(counters).some((name) => name.includes('ACCEPT')),
      false,
    );
  });

  it('of iptables are counted together where rules are equal, and policies count', () => {
    const text =
      '*filter\n:INPUT DROP [7:400]\n:FORWARD ACCEPT [9:9]\n[2:80] -A INPUT -j REJECT\n[3:120] -A INPUT -j REJECT\nCOMMIT\n';
    assert.deepEqual(parseIptablesSave(text).counters, {
      'filter INPUT policy DROP': 7,
      'filter INPUT -j REJECT': 5,
    });
  });

  it('of nft are those of all rules with a counter, by family, table, chain and rule', () => {
    assert.deepEqual(parseNftTable(recordedText('nft-table.txt')).counters, {
      'inet netdebug-record seen': 0,
      'inet netdebug-record pre iifname "cali1" tcp dport 8080 ip length > 60 counter accept': 0,
      'inet netdebug-record fw tcp dport 9 counter reject with tcp reset': 0,
    });
    assert.deepEqual(parseNftTables(recordedText('nft-table.txt')), [
      'ip raw',
      'ip mangle',
      'ip filter',
      'ip nat',
      'inet netdebug-record',
    ]);
  });

  it('cut off in a line are those of the whole lines', () => {
    const text = recordedText('iptables-save.txt');
    for (const length of [0, 1, 700, 1_500, 3_000, 4_500]) {
      const { counters } = parseIptablesSave(text.slice(0, length));
      assert.ok(Object.values(counters).every((packets) => packets >= 0));
    }
    assert.deepEqual(
      parseNftTable('table inet a {\n\tchain b {\n\t\ttcp dport 9 counter packets 5 byt').counters,
      {},
    );
  });
});
