// Stories in which what usually follows from a RST does not: whoever truly did it must stay a suspect as far as physics goes, and
// nobody else may be called proven.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NodeEvent, PacketEvent } from '../../../src/model/node-event.ts';
import {
  answer,
  answered,
  arrives,
  asked,
  clientRst,
  counters,
  failed,
  good,
  leaves,
  listener,
  live,
  lost,
  nodeRst,
  outsideRst,
  packet,
  question,
  ran,
  serverRst,
  source,
  talk,
} from '../made-by-hand.ts';
import { client, server, service } from '../story-events.ts';
import { findingOf, isNotAccused, onNode, podsLookedInto } from './not-accused.ts';

describe('a RST that comes in by the uplink', () => {
  it("in the client's name is not the client's: a firewall between resets both sides, and only the server's node was watched", () => {
    const remote = talk().map((one): PacketEvent => ({
      ...one,
      interface: one.interface === 'cali-client' ? 'eth0' : one.interface,
      ttl: one.tuple.src === client ? 60 : one.ttl,
    }));
    const forged = packet(lost - 0.001, ['eth0', 'in'], arrives, 'R', { seq: 35, ttl: 61 });
    isNotAccused('in-between', { nodes: [...remote, forged, ...ran('capture'), ...podsLookedInto(server)] });
  });

  it("may be the client's own, where nobody watched its node", () => {
    const remote = talk().map((one): PacketEvent => ({
      ...one,
      interface: one.interface === 'cali-client' ? 'eth0' : one.interface,
      ttl: one.tuple.src === client ? 60 : one.ttl,
    }));
    const own = packet(lost - 0.001, ['eth0', 'in'], arrives, 'R', { seq: 35, ttl: 60 });
    isNotAccused('client-kernel', { nodes: [...remote, own, ...ran('capture'), ...podsLookedInto(server)] });
  });

  it("in the server's name is no pod's: only RSTs were captured, and one of the network between came in fresh", () => {
    const nodes = [
      packet(lost - 0.001, ['eth0', 'in'], leaves, 'R', { seq: 534, ttl: 64 }),
      packet(lost - 0.0009, ['cali-client', 'out'], answered, 'R', { seq: 534, ttl: 63 }),
      ...ran('capture'),
      ...podsLookedInto(server, client),
    ];
    isNotAccused('in-between', { nodes, probes: [failed({ remote: `${server}:8080` })] });
  });

  it('may be by a rule of another machine in the same network, whose packets have lost no hop', () => {
    const near = (packets: readonly PacketEvent[]) =>
      packets.map((one): PacketEvent => ({
        ...one,
        interface: one.interface === 'cali-server' ? 'eth0' : one.interface,
      }));
    isNotAccused('node-rule', {
      nodes: [...near(talk()), ...near(serverRst()), ...ran('capture')],
      probes: [failed()],
    });
  });

  it("was the server's, seen leaving its pod by a clock that is a millisecond late", () => {
    const nodes = [
      ...onNode(
        'node-2',
        talk().filter((one) => one.interface === 'cali-server'),
      ),
      ...talk().filter((one) => one.interface === 'cali-client'),
      // Truly 0.2 ms after it left node-2, whose clock is 1.5 ms ahead.
      packet(lost - 0.001, ['eth0', 'in', 'node-1'], leaves, 'R', { seq: 534, ttl: 62 }),
      packet(lost - 0.0009, ['cali-client', 'out', 'node-1'], answered, 'R', { seq: 534, ttl: 61 }),
      packet(lost + 0.0003, ['cali-server', 'in', 'node-2'], leaves, 'R', { seq: 534, ttl: 64 }),
      packet(lost + 0.0004, ['eth0', 'out', 'node-2'], leaves, 'R', { seq: 534, ttl: 63 }),
      ...ran('capture'),
      ...[counters('snmp', server, { TcpOutRsts: 1 }), ...podsLookedInto(server)].map((event) => ({
        ...event,
        node: 'node-2',
      })),
    ];
    const finding = isNotAccused('server-kernel', { nodes, probes: [failed()] });
    assert.notEqual(finding.author, 'in-between');
  });
});

describe('a RST that only goes out', () => {
  it("was no rule's where the interface of the server's pod was not captured", () => {
    const nodes = [
      packet(lost - 0.001, ['eth0', 'out'], leaves, 'R', { seq: 534, ttl: 63 }),
      ...ran('capture'),
      ...podsLookedInto(server, 'node-1'),
      listener(0.5, 'opened'),
    ];
    isNotAccused('server-kernel', { nodes, probes: [failed({ remote: `${server}:8080` })] });
  });

  it('may have come in before, where the capture says that it lost packets', () => {
    const nodes = [
      ...talk(),
      ...nodeRst({ ttl: 63 }),
      source('capture', 'started'),
      source('capture', 'stopped', { lost: 12 }),
      ...podsLookedInto(server, client, 'node-1'),
    ];
    isNotAccused('server-kernel', { nodes, probes: [failed()] });
  });

  it("is no node's own socket's though all that goes to the client is born there in the pod's name: a transparent proxy", () => {
    // The proxy's half towards the client has the server's address, and numbers of its own.
    const half = [
      packet(good, ['cali-client', 'in'], { ...asked, dst: server }, 'P.', { seq: 1, payloadLength: 17 }),
      packet(good + 0.001, ['cali-client', 'out'], leaves, 'P.', { seq: 9_000, payloadLength: 17 }),
      packet(lost - 0.001, ['cali-client', 'out'], leaves, 'R.', { seq: 9_017, window: 500 }),
    ];
    const nodes = [...half, ...ran('capture'), ...podsLookedInto(server, client, 'node-1')];
    const finding = isNotAccused('in-between', { nodes, probes: [failed({ remote: `${server}:8080` })] });
    assert.notEqual(finding.certainty?.author, 'proven');
  });
});

describe("a RST that comes into the client's node from outside", () => {
  const toldAfter = (seconds: number): NodeEvent[] => [
    ...talk(),
    ...outsideRst().map((event): NodeEvent => ({ ...event, node: 'node-2' })),
    ...['node-1', 'node-2'].flatMap((node) => ran('capture').map((event): NodeEvent => ({ ...event, node }))),
    source('capture', 'limited', { seconds: lost + seconds }),
    ...podsLookedInto(server, client, 'node-1'),
  ];

  it("may be the server's own where its node's capture says soon afterwards that not all could be kept", () => {
    isNotAccused('server-kernel', { nodes: toldAfter(1), probes: [failed()] });
  });

  it('was not where that began long afterwards', () => {
    assert.equal(findingOf({ nodes: toldAfter(6), probes: [failed()] }).author, 'in-between');
  });
});

describe('a RST by a program or its kernel', () => {
  it('of a pod that speaks to itself through the Service has one address for both ends', () => {
    const own = `${server}:40001`;
    const there = { src: server, sport: 40_001, dst: service, dport: 8_080 };
    const node = '10.0.0.1';
    const nodes = [
      packet(good, ['cali-server', 'in'], there, 'P.', { seq: 1, payloadLength: 9 }),
      packet(
        good + 1e-5,
        ['cali-server', 'out'],
        { src: node, sport: 40_001, dst: server, dport: 8_080 },
        'P.',
        { seq: 1, payloadLength: 9, ttl: 63 },
      ),
      packet(
        good + 0.001,
        ['cali-server', 'in'],
        { src: server, sport: 8_080, dst: node, dport: 40_001 },
        'P.',
        { seq: 500, payloadLength: 9 },
      ),
      packet(
        good + 0.00101,
        ['cali-server', 'out'],
        { src: service, sport: 8_080, dst: server, dport: 40_001 },
        'P.',
        { seq: 500, payloadLength: 9, ttl: 63 },
      ),
      packet(
        lost - 0.001,
        ['cali-server', 'in'],
        { src: server, sport: 8_080, dst: server, dport: 40_001 },
        'R.',
        { seq: 509, window: 9 },
      ),
      ...ran('capture'),
      counters('snmp', server, { TcpOutRsts: 1, TcpExtTCPAbortOnClose: 1 }),
      ...podsLookedInto(server),
    ];
    const { suspects } = isNotAccused('server-application', { nodes, probes: [failed({ local: own })] });
    assert.ok(suspects.includes('server-application'), suspects.join());
  });

  it('that closed its listener with connections waiting in it counts no abort: no privileged program is proven', () => {
    const nodes = [
      ...talk(),
      ...serverRst(live),
      counters('snmp', server, { TcpOutRsts: 1 }),
      ...podsLookedInto(server),
      ...ran('capture'),
    ];
    isNotAccused('server-process-died', { nodes, probes: [failed()] });
    // Nor is it excluded by a listener that nobody watched.
    isNotAccused('server-application', { nodes, probes: [failed()] });
  });

  it('is not left out by counters that were read for the last time before it', () => {
    const nodes = [
      ...talk(),
      ...serverRst(),
      counters('snmp', server, { TcpInSegs: 1 }, [good - 0.5, good - 0.4]),
      ...ran('snmp'),
      ...ran('capture'),
    ];
    isNotAccused('server-kernel', { nodes, probes: [failed()] });
  });

  it('may be beside one of a rule: a kernel that counted more than was seen does not excuse a rule', () => {
    const nodes = [
      ...talk(),
      ...serverRst(),
      // One more, on the pod's own loopback, which nobody captured.
      counters('snmp', server, { TcpOutRsts: 3 }),
      ...podsLookedInto(server),
      ...ran('capture'),
    ];
    isNotAccused('server-pod-rule', { nodes, probes: [failed()] });
  });

  it('may be one of a rule in the moment in which the pod is refused on its own loopback, as it always is', () => {
    const nodes = [
      ...talk(),
      ...serverRst(),
      counters('snmp', server, { TcpOutRsts: 5 }, [0, 1]),
      counters('snmp', server, { TcpOutRsts: 1 }),
      ...podsLookedInto(server),
      ...ran('capture'),
    ];
    isNotAccused('server-pod-rule', { nodes, probes: [failed()] });
  });

  it('that had closed before sends the form without a socket; of a capture of RSTs alone nobody knows', () => {
    const nodes = [...serverRst(), ...ran('capture'), ...podsLookedInto(server)];
    isNotAccused('server-application', { nodes, probes: [failed()] });
  });

  it('that gives up connecting answers what comes too late without a socket, too', () => {
    const nodes = [
      packet(1, ['cali-client', 'in'], { ...asked, dst: server }, 'S', { seq: 1, window: 500 }),
      packet(1.5, ['cali-client', 'out'], leaves, 'S.', { seq: 500, ack: 2, window: 500, ttl: 63 }),
      packet(1.51, ['cali-client', 'in'], arrives, 'R', { seq: 2 }),
      ...ran('capture'),
      counters('snmp', client, { TcpOutRsts: 1 }, [1.49, 1.59]),
      ...podsLookedInto(client),
    ];
    isNotAccused('client-application', { nodes });
  });

  it('that closed while its last answer was not acknowledged sends no FIN yet, and answers in the form without a socket', () => {
    const again = answer(lost - 0.05, 534).map((one): PacketEvent => ({ ...one, retransmission: true }));
    const nodes = [
      ...talk(),
      ...answer(lost - 0.3, 534),
      ...again,
      ...question(lost - 0.002, 35),
      ...serverRst({ seq: 534 }),
      // Linux counts data that comes to a closed socket.
      counters('snmp', server, { TcpOutRsts: 1, TcpExtTCPAbortOnData: 1 }),
      ...podsLookedInto(server),
      ...ran('capture'),
    ];
    const finding = isNotAccused('server-application', { nodes, probes: [failed()] });
    assert.ok(finding.suspects.includes('server-application'), finding.suspects.join());
  });

  it('that ended with FIN is not excused by the RST with which the other side answers', () => {
    const fin = packet(lost - 0.002, ['cali-server', 'in'], leaves, 'F.', { seq: 534, window: 500 });
    const nodes = [
      ...talk(),
      ...question(lost - 0.003, 35),
      fin,
      ...clientRst({ seq: 52, ...live }),
      ...ran('capture'),
    ];
    const finding = isNotAccused('server-application', { nodes });
    assert.ok(finding.suspects.includes('server-application'), finding.suspects.join());
  });
});
