import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeEventSchema } from '../../src/model/node-event.ts';
import { keptPacket } from '../../src/packets/kept-packet.ts';
import { packetEvent } from '../../src/packets/packet-event.ts';
import { recordedPackets } from './recording.ts';

const names = new Map([
  [2, 'eth0'],
  [3, 'cali1'],
  [4, 'cali2'],
]);
const origin = {
  node: 'node-1',
  file: 'evidence/node-1/capture.pcap',
  nameOf: (index: number | null) => names.get(index ?? 0) ?? '?',
};

describe('the event of a packet', () => {
  it('says everything about a RST that tells who made it', () => {
    const events = recordedPackets().map((packet) => packetEvent(packet, origin));
    for (const event of events) assert.deepEqual(nodeEventSchema.parse(event), event);
    const reset = events.find((event) => event.flags === 'R');
    assert.match(
      reset?.text ?? '',
      / In 10\.44\.0\.10\.8080 > 10\.44\.0\.33\.26713: Flags \[R\], seq 555213416, ack 0, win 0, length 0, ttl 64, id 0, DF, IP length 40$/,
    );
    assert.deepEqual(
      [reset?.at, reset?.ttl, reset?.hasTimestampOption],
      ['2026-11-23T07:12:50.523434Z', 64, false],
    );
  });

  it('is the same of a capture of others, where its line is written only when it is asked for', () => {
    const packets = recordedPackets();
    assert.ok(packets.length > 0);
    for (const packet of packets) {
      const { text, ...fields } = packetEvent(packet, origin);
      const kept = keptPacket(packet, origin);
      assert.equal(kept.text, text);
      assert.deepEqual({ ...kept }, { ...fields, via: packet.via });
    }
  });
});
