import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSnmp } from '../../src/observe/snmp-counters.ts';
import { recordedText } from './recorded.ts';

describe('the protocol counters', () => {
  it('have the names that nstat prints, and those of traffic are left out', () => {
    const counters = parseSnmp(recordedText('snmp.txt'));
    const outRsts = /^Tcp: [0-9].*$/m.exec(recordedText('snmp.txt'))?.[0].split(' ')[14];
    assert.ok(Number(outRsts) > 0, 'the recorded pod had sent RSTs');
    assert.equal(counters['TcpOutRsts'], Number(outRsts));
    for (const name of [
      'TcpInSegs',
      'TcpOutSegs',
      'IpInReceives',
      'IpForwarding',
      'TcpRtoMin',
      'TcpCurrEstab',
    ]) {
      assert.equal(name in counters, false, name);
    }
  });

  it('of the extended kind are read the same way', () => {
    const text =
      'TcpExt: SyncookiesSent TCPAbortOnData TCPAbortOnClose TCPPureAcks\nTcpExt: 0 3 1 500\nIpExt: InOctets InTruncatedPkts\nIpExt: 9 2\n';
    assert.deepEqual(parseSnmp(text), {
      TcpExtTCPAbortOnData: 3,
      TcpExtTCPAbortOnClose: 1,
      IpExtInTruncatedPkts: 2,
    });
    assert.equal(Object.values(parseSnmp(recordedText('netstat.txt'))).every(Number.isSafeInteger), true);
  });

  it('cut off at any place are those of the pairs before it', () => {
    const text = 'Tcp: EstabResets OutRsts\nTcp: 4 50\n';
    for (let length = 0; length < text.length - 2; length += 1) {
      assert.deepEqual(
        Object.keys(parseSnmp(text.slice(0, length))).filter(
          (name) => !/^Tcp(EstabResets|OutRsts)$/.test(name),
        ),
        [],
      );
    }
    assert.deepEqual(parseSnmp(text.slice(0, 30)), {});
  });
});
