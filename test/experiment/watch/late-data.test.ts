// Data packets are looked for when a connection is lost, and may be found after the first word of it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSaidLosses } from '../../../src/experiment/watch/said-losses.ts';
import type { HeldFlow } from '../../../src/experiment/watch/held-flows.ts';
import type { PacketEvent } from '../../../src/model/node-event.ts';
import { lossOf } from '../../watch-losses.ts';
import { counters } from '../../diagnose/made-by-hand.ts';
import { at } from '../../diagnose/story-events.ts';
import { resetConnection, started } from './made-losses.ts';
import { replay } from './replay.ts';

const isEnd = ({ flags }: PacketEvent) => flags.includes('R');
const packets = resetConnection(10, 0);
/** The RST is told at once, what was before it more than a second later. */
const late = [
  ...started(),
  ...packets.filter(isEnd),
  counters('snmp', 'node-1', {}, [11.1, 11.2]),
  ...packets.filter((packet) => !isEnd(packet)),
];

describe('data that is found late', () => {
  it('is told as a correction, and until then as not known', () => {
    const { lines } = replay(late, { wanted: { ports: [80] } });
    const said = lines.map(({ line: { revision, idleMs, unanswered } }) => [revision, idleMs, unanswered]);
    assert.deepEqual(said, [
      [1, null, null],
      [2, 290, 1],
    ]);
  });

  it('is news though who and why stay the same', () => {
    const flow = { version: 1 } as HeldFlow;
    const how = { explained: 'one by one', finding: null } as const;
    const span = { bornAt: 1_000_000, failedAt: 2_000_000 };
    const say = (tellsData: boolean) => {
      const said = createSaidLosses('node-1', tellsData);
      return [null, null, 300, 300].map(
        (idleMs) =>
          said.say(flow, span, lossOf({ idleMs, unanswered: idleMs === null ? null : 2 }), how)?.revision,
      );
    };
    assert.deepEqual(say(true), [1, undefined, 2, undefined]);
    // Where nobody looks at data, sockets tell it in their own time, and that is no reason to say all again.
    assert.deepEqual(say(false), [1, undefined, undefined, undefined]);
  });

  it('is how long it was silent, and not how old it is', () => {
    const resets = packets.filter(isEnd);
    const opened = resets.map((reset) => ({
      ...{ ...reset, at: at(9.5), flags: 'S.', seq: reset.seq - 10, ack: 100_000_001, window: 500 },
      hasTimestampOption: true,
    }));
    const asked = opened.map((packet) => {
      const { src, sport, dst, dport } = packet.tuple;
      const tuple = { src: dst, sport: dport, dst: src, dport: sport };
      return { ...packet, at: at(9.49), flags: 'S', seq: 100_000_000, ack: 0, tuple };
    });
    const { lines } = replay([...started(), ...asked, ...opened, ...resets], { wanted: { ports: [80] } });
    assert.deepEqual(
      lines.map(({ line }) => line.idleMs),
      [null],
    );
  });
});
