// What is told of openings that met what the server still had of an old connection, and of their nearest neighbours.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import { counted, givenUp, met, opens, watched } from './facts/old-connection-rows.ts';
import { known } from './kernel-events.ts';
import { ran, lost } from './made-by-hand.ts';

function told(nodes: readonly NodeEvent[]) {
  const [finding] = diagnose({ nodes, probes: givenUp }, causeModels);
  assert.ok(finding !== undefined);
  const { cause, author, certainty, rivals } = finding;
  return { cause, author, certainty: certainty?.cause, rivals: rivals.map((rival) => rival.cause) };
}

const all = [
  ...watched,
  ...['ip-monitor', 'listeners', 'conntrack-events', 'conntrack-stats'].flatMap(ran),
  ...known,
];

describe('an opening that was answered with a bare ACK each time', () => {
  it('met TIME_WAIT, where the server’s kernel counted that', () => {
    const { cause, author } = told([...all, ...met(), ...counted({ TcpExtPAWSTimewait: 2 })]);
    assert.deepEqual([cause, author], ['old-segment', 'nobody']);
  });

  it('met a connection that was alive, where it counted that: no old one', () => {
    const { cause } = told([...all, ...met(), ...counted({ TcpExtTCPSYNChallenge: 2 })]);
    assert.equal(cause, 'unknown');
  });

  it('is not proven to have met TIME_WAIT, where it counted both', () => {
    const both = counted({ TcpExtTCPSYNChallenge: 1, TcpExtPAWSTimewait: 1 });
    assert.notEqual(told([...all, ...met(), ...both]).certainty, 'proven');
  });

  it('vanished, where nothing came back: what others met counts for nothing against it', () => {
    const vain = [lost + 0.6, lost + 1.6].flatMap((seconds) => opens(seconds).slice(0, 1));
    const { cause, rivals } = told([...all, ...vain, ...counted({ TcpExtPAWSTimewait: 2 })]);
    assert.ok(cause !== 'old-segment' && !rivals.includes('old-segment'), [cause, ...rivals].join());
  });
});
