// Ends in which what usually follows does not: sockets that are aborted, listeners that close, silence, and RSTs that no kernel tells of.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NodeEvent, PacketEvent } from '../../../src/model/node-event.ts';
import type { ProbeEvent } from '../../../src/model/probe-event.ts';
import {
  answer,
  answered,
  arrives,
  asked,
  counters,
  failed,
  good,
  laterRound,
  leaves,
  listener,
  live,
  lost,
  packet,
  port,
  question,
  ran,
  serverRst,
  talk,
} from '../made-by-hand.ts';
import { accepted, at, client, server } from '../story-events.ts';
import { isNotAccused, podsLookedInto } from './not-accused.ts';

describe('a live socket that is aborted', () => {
  const own = { ...live, seq: 534 };
  const another = packet(lost - 0.002, ['cali-server', 'in'], { ...leaves, dport: 40_002 }, 'R.', {
    ...live,
    seq: 7_000,
  });
  const accepts = accepted(1, port);
  const ended = (errno: string): ProbeEvent => ({
    ...{ event: 'ended', role: 'server', at: at(lost - 0.001), loopDelayMs: 0 },
    ...{ local: `${server}:8080`, peer: `${client}:${port}`, livedMs: 1_099, answers: 3 },
    ...{ failure: errno === 'CLOSED' ? 'closed' : 'other', errno, syscall: 'close' },
  });
  const aborted = (changes: Record<string, number>, ...more: readonly NodeEvent[]): NodeEvent[] => [
    ...talk(),
    ...serverRst(own),
    ...more,
    counters('snmp', server, changes),
    ...podsLookedInto(server),
    ...ran('capture'),
    ...ran('listeners'),
  ];

  it('may be destroyed by a privileged program in the very moment in which the server aborts another one', () => {
    const nodes = aborted({ TcpOutRsts: 2, TcpExtTCPAbortOnClose: 1 }, another);
    const { certainty } = isNotAccused('privileged-program', { nodes, probes: [failed(), accepts] });
    assert.notEqual(certainty?.cause, 'proven');
  });

  it('was not aborted by its program where the count that has the RST has no abort, though nothing was read later', () => {
    const nodes = [
      ...talk(),
      ...serverRst(own),
      counters('snmp', server, { TcpOutRsts: 1 }),
      ...ran('capture'),
      ...ran('snmp'),
    ];
    const { cause, author } = isNotAccused('privileged-program', { nodes, probes: [failed()] });
    assert.notEqual(cause, 'server-aborted');
    assert.notEqual(author, 'server-application');
  });

  it('is destroyed where the server says that it was aborted under it', () => {
    const nodes = aborted({ TcpOutRsts: 1 });
    const told = { nodes, probes: [failed(), accepts, ended('ECONNABORTED')] };
    const { author, certainty } = isNotAccused('privileged-program', told);
    assert.deepEqual([author, certainty?.author], ['privileged-program', 'proven']);
  });

  it('is the server’s doing where it says so and its kernel counted it', () => {
    const nodes = aborted({ TcpOutRsts: 1, TcpExtTCPAbortOnData: 1 });
    const told = { nodes, probes: [failed(), accepts, ended('CLOSED')] };
    const { cause, author, certainty } = isNotAccused('server-application', told);
    assert.deepEqual([cause, certainty?.cause], ['server-aborted', 'proven']);
    assert.deepEqual([author, certainty?.author], ['server-application', 'proven']);
  });

  it('may be that of one of several processes that share a listener: that it stays open proves no abort', () => {
    const nodes = aborted({ TcpOutRsts: 1, TcpExtTCPAbortOnClose: 1 });
    const { certainty } = isNotAccused('server-process-died', { nodes, probes: [failed(), accepts] });
    assert.notEqual(certainty?.cause, 'proven');
  });
});

describe('a listener that closes', () => {
  const endsOfServer = ['server-killed-for-memory', 'server-process-died'];
  const nodes = (owner?: 'ended' | 'lives'): NodeEvent[] => [
    ...talk(),
    ...serverRst({ ...live, seq: 534 }),
    listener(lost - 0.01, 'closed', owner),
    counters('snmp', server, { TcpOutRsts: 1, TcpExtTCPAbortOnClose: 1 }),
    ...podsLookedInto(server),
    ...ran('capture'),
    ...ran('listeners'),
  ];

  it('may be closed by a program that aborts its connections, and goes on', () => {
    const { author, cause } = isNotAccused('server-application', {
      nodes: nodes('lives'),
      probes: [failed()],
    });
    assert.notEqual(author, 'server-process-died');
    assert.notEqual(cause, 'server-process-died');
  });

  it('proves no end of a process where nobody knows whose it was', () => {
    const { cause, rivals } = isNotAccused('server-application', { nodes: nodes(), probes: [failed()] });
    assert.equal(cause, 'unknown');
    assert.deepEqual(rivals.map((one) => one.cause).toSorted(), endsOfServer);
  });

  it('is shown to be the end of its process where that is gone; who closed the connection just before is not', () => {
    const { rivals, author, certainty } = isNotAccused('server-process-died', {
      nodes: nodes('ended'),
      probes: [failed()],
    });
    // Whether it was killed for memory nobody told.
    assert.deepEqual(rivals.map(({ cause }) => cause).toSorted(), endsOfServer);
    assert.deepEqual([author, certainty?.author], ['server-process-died', 'likely']);
  });
});

describe('loopback', () => {
  it('shows each packet going out and coming in again: a server on the node itself stays a suspect', () => {
    const [there, back] = [
      { src: '127.0.0.1', sport: 40_001, dst: '127.0.0.1', dport: 8_080 },
      { src: '127.0.0.1', sport: 8_080, dst: '127.0.0.1', dport: 40_001 },
    ];
    const twice = (seconds: number, tuple: typeof there, flags: string, more: Partial<PacketEvent>) => [
      packet(seconds, ['lo', 'out'], tuple, flags, more),
      packet(seconds + 1e-6, ['lo', 'in'], tuple, flags, more),
    ];
    const nodes = [
      ...twice(good, there, 'P.', { seq: 1, payloadLength: 9 }),
      ...twice(good + 0.001, back, 'P.', { seq: 500, payloadLength: 9 }),
      ...twice(lost - 0.05, there, 'P.', { seq: 10, payloadLength: 9 }),
      ...twice(lost - 0.001, back, 'R.', { seq: 509, window: 9, hasTimestampOption: true }),
      counters('snmp', 'node-1', { TcpOutRsts: 1, TcpExtTCPAbortOnClose: 1 }),
      laterRound('node-1'),
      ...ran('capture'),
    ];
    const finding = isNotAccused('server-application', { nodes });
    assert.equal(finding.author, 'server-application');
    assert.ok(finding.exclusions.some(({ author }) => author === 'in-between'));
  });
});

describe('an end without a RST', () => {
  it('by ICMP is not silence: a rule that rejects so makes a host unreachable', () => {
    const told = {
      nodes: [...talk(), ...ran('capture')],
      probes: [failed({ failure: 'unreachable', errno: 'EHOSTUNREACH' })],
    };
    const finding = isNotAccused('node-rule', told);
    assert.notEqual(finding.cause, 'silent-drop');
    assert.notEqual(finding.author, 'nobody');
  });

  it('may be by a server that hears everything and answers nothing', () => {
    const heard = packet(lost - 0.05, ['cali-client', 'out'], answered, '.', {
      seq: 534,
      ack: 52,
      window: 500,
      ttl: 63,
    });
    const nodes = [...talk(), ...question(lost - 0.051, 35), heard, ...ran('capture')];
    const finding = isNotAccused('server-application', {
      nodes,
      probes: [failed({ failure: 'timeout', errno: 'ETIMEDOUT' })],
    });
    assert.notEqual(finding.cause, 'silent-drop');
  });

  it('with a FIN may be by a proxy on the way, which has sockets of its own', () => {
    isNotAccused('in-between', {
      nodes: [...talk(), ...ran('capture')],
      probes: [
        failed({ failure: 'closed', errno: 'EOF' }),
        {
          ...failed({
            at: '2026-11-23T06:41:42.200000Z',
            failure: 'refused',
            phase: 'connecting',
            lastGoodAt: null,
          }),
        },
      ],
    });
  });
});

describe('two RSTs on two nodes whose clocks nobody compared', () => {
  it('do not tell which was the first', () => {
    const nodes = [
      ...talk().filter((one) => one.interface === 'cali-client'),
      packet(lost - 0.001, ['cali-client', 'in', 'node-1'], arrives, 'R', { seq: 35 }),
      packet(lost - 0.0008, ['cali-server', 'in', 'node-2'], leaves, 'R', { seq: 534 }),
      ...ran('capture'),
    ];
    const finding = isNotAccused('server-kernel', { nodes, probes: [failed()] });
    assert.notEqual(finding.author, 'client-kernel');
  });
});

describe('a kernel that gives up', () => {
  it('may have heard nothing of what was captured before it was lost', () => {
    // The server probes; the client's answers are captured where they leave, and vanish behind that.
    const nodes = [
      ...answer(good - 2),
      packet(good, ['cali-client', 'in'], asked, '.', { seq: 18, ack: 517, window: 500 }),
      packet(lost - 0.001, ['eth0', 'in'], answered, 'R.', { seq: 517, ack: 18, window: 500, ttl: 61 }),
      ...ran('capture'),
    ].filter((one) => one.event !== 'packet' || one.interface !== 'cali-server');
    isNotAccused('gave-up', { nodes, probes: [failed()] });
  });
});
