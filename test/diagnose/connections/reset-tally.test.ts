// RSTs that were seen, held against those that a kernel counted: how many were sent, and where the two agree.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tallyResets } from '../../../src/diagnose/connections/reset-tally.ts';
import { parseMicros } from '../../../src/model/clock.ts';
import type { CountersEvent, PacketEvent } from '../../../src/model/node-event.ts';
import { counters, leaves, live, nodeRst, packet, serverRst } from '../made-by-hand.ts';
import { at, server } from '../story-events.ts';

const moment = (seconds: number) => parseMicros(at(seconds));
const reading = (from: number, to: number, changes: Record<string, number>): CountersEvent =>
  counters('snmp', server, changes, [from, to]) as CountersEvent;
const tally = (packets: readonly PacketEvent[], readings: readonly CountersEvent[], seconds: number) =>
  tallyResets(packets, readings).agreed(server, server, moment(seconds));

describe('RSTs of one address', () => {
  it('are one where one crossed two interfaces, and two where one interface saw the same numbers twice', () => {
    const { seenFrom } = tallyResets([...serverRst({}, 2), ...serverRst({}, 2.2)], []);
    assert.equal(seenFrom(server), 2);
    assert.equal(seenFrom(server, moment(1.9), moment(2.1)), 1);
  });

  it('are a node’s where they were first seen going out there, in whatever name', () => {
    const { seenFrom } = tallyResets([...nodeRst(), ...nodeRst({ seq: 9 }), ...serverRst()], []);
    assert.equal(seenFrom('node-1'), 2);
    assert.equal(seenFrom(server), 1);
  });

  it('agree with what was counted a second before they left: they waited for the next hop', () => {
    const [one] = tally([...serverRst({}, 3), ...serverRst({}, 3)], [reading(1.9, 2, { TcpOutRsts: 2 })], 3);
    assert.deepEqual([one?.counted, one?.seen], [2, 2]);
  });

  it('disagree by one that only a rule can have made', () => {
    assert.deepEqual(
      tally([...serverRst({}, 3), ...serverRst({}, 3.1)], [reading(2.9, 3.2, { TcpOutRsts: 1 })], 3),
      [],
    );
  });

  it('agree around one moment though others were never seen, on loopback say', () => {
    const readings = [reading(1, 1.1, { TcpOutRsts: 5 }), reading(2.9, 3.1, { TcpOutRsts: 1 })];
    assert.equal(tally([...serverRst({}, 3)], readings, 3)[0]?.counted, 1);
    assert.deepEqual(tally([...serverRst({}, 3)], readings, 1.05), []);
  });

  it('agree until the last reading of a namespace that ended with RSTs after it', () => {
    const storm = [2, 2.05, 2.1, 2.15, 2.2, 2.25].flatMap((seconds, index) =>
      serverRst({ seq: index }, seconds),
    );
    const readings = [reading(1.95, 2.07, { TcpOutRsts: 2 }), reading(2.07, 2.17, { TcpOutRsts: 2 })];
    assert.equal(tally(storm, readings, 2.1)[0]?.counted, 4);
    assert.deepEqual(tally(storm, readings, 2.2), []);
    // A reading that came late has one of the next: that the last two agree is asked for.
    const late = [reading(1.95, 2.07, { TcpOutRsts: 3 }), reading(2.07, 2.17, { TcpOutRsts: 1 })];
    assert.deepEqual(tally(storm, late, 2.1), []);
  });
});

it('a tally tells aborted sockets apart from one that was destroyed: it sends the same RST and is counted by none', () => {
  const rst = (seconds: number, seq: number) =>
    packet(seconds, ['cali-server', 'in'], leaves, 'R.', { ...live, seq });
  const [one] = tally(
    [rst(3, 1), rst(3.01, 2)],
    [reading(2.9, 3.1, { TcpOutRsts: 2, TcpExtTCPAbortOnClose: 1 })],
    3,
  );
  assert.deepEqual([one?.seen, one?.live, one?.aborted, one?.unread], [2, 2, 1, 1]);
});
