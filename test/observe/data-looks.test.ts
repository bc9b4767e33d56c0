import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDataLooks } from '../../src/observe/data-looks.ts';
import type { RingSpan } from '../../src/observe/data-ring.ts';
import type { CapturedPacket } from '../../src/packets/captured-packet.ts';
import { tcpFlags } from '../../src/packets/tcp-packet.ts';
import { tupleOf } from '../../src/packets/way.ts';
import { readCapture, recorded, recordedPackets } from '../packets/recording.ts';

// Written by tcpdump, as the ring's tcpdump writes: seven connections with servers, each of which ended otherwise.
const bytes = recorded('orderly-ends.pcap');
const { header, records } = readCapture(bytes);
const packets = recordedPackets('orderly-ends.pcap');
const ports = new Set([7_000, 7_001, 7_002, 7_003, 7_004, 7_005, 7_100]);
const lastAt = records.at(-1)?.at ?? 0;

interface Told {
  readonly packets: readonly CapturedPacket[];
  readonly endsUnanswered: number | null;
}

interface Ring {
  bytes: Buffer;
  /** What was given back before. */
  from?: number;
  now?: number;
  dropped?: number | null;
}

function looksInto(ring: Ring) {
  const told: Told[] = [];
  const work = { flushed: 0, bytes: 0 };
  const span = (): RingSpan => {
    assert.ok(header !== undefined);
    const { from = 24, bytes: all } = ring;
    return { from, to: all.length, isWhole: from === 24, header };
  };
  const looks = createDataLooks({
    ports,
    now: () => ring.now ?? lastAt + 2e6,
    ring: () => ({
      flush() {
        work.flushed += 1;
        return Promise.resolve(ring.dropped === undefined ? 0 : ring.dropped);
      },
      span: () => Promise.resolve(span()),
      read(into, length, from) {
        const read = ring.bytes.copy(into, 0, from, from + length);
        work.bytes += read;
        return Promise.resolve(read);
      },
    }),
    onData: (found, _, endsUnanswered) => told.push({ packets: found, endsUnanswered }),
  });
  return { looks, told, work };
}

async function until(isSo: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 5_000; !isSo();) {
    assert.ok(Date.now() < deadline);
    await new Promise((done) => setTimeout(done, 5));
  }
}

/** Of so many records. */
const lengthOf = (count: number) => records.slice(0, count).reduce((sum, one) => sum + one.bytes.length, 0);

const flowAt = (port: number) =>
  packets.filter(({ tcp }) => [tupleOf(tcp.way).sport, tupleOf(tcp.way).dport].includes(port));
const data = (port: number) =>
  flowAt(port).filter(({ tcp }) => (tcp.flags & (tcpFlags.syn | tcpFlags.fin | tcpFlags.rst)) === 0);
const endOf = (port: number, flag: number) => {
  const packet = flowAt(port).find(({ tcp }) => (tcp.flags & flag) !== 0);
  assert.ok(packet !== undefined);
  return { tuple: tupleOf(packet.tcp.way), at: packet.at };
};
const reset = endOf(7_100, tcpFlags.rst);
const stamps = (found: readonly { readonly at: number }[]) => found.map(({ at }) => at);

describe('looking for the data of connections in trouble', () => {
  it('tells of one all that passed, and of no other', async () => {
    const { looks, told } = looksInto({ bytes });
    looks.want(reset.tuple, reset.at, 'trouble');
    await looks.finish(2_000);
    assert.equal(told.length, 1);
    assert.deepEqual(stamps(told[0]?.packets ?? []), stamps(data(7_100)));
    assert.deepEqual(
      told[0]?.packets.map(({ record }) => record),
      data(7_100).map(({ record }) => record),
    );
  });

  it('finds it whichever way it is asked for, by a socket of both families too', async () => {
    const { looks, told } = looksInto({ bytes });
    const { src, dst, sport, dport } = reset.tuple;
    const turned = { src: `::ffff:${dst}`, sport: dport, dst: `::ffff:${src}`, dport: sport };
    looks.want(turned, reset.at, 'trouble');
    await looks.finish(2_000);
    assert.deepEqual(stamps(told[0]?.packets ?? []), stamps(data(7_100)));
  });

  it('tells of a FIN only where it left a question unanswered', async () => {
    const { looks, told } = looksInto({ bytes });
    for (const port of ports) {
      for (const { tcp, at } of flowAt(port))
        if ((tcp.flags & tcpFlags.fin) !== 0) looks.want(tupleOf(tcp.way), at, 'fin');
    }
    await looks.finish(2_000);
    const servers = told.map((one) => {
      const [first] = one.packets;
      assert.ok(first !== undefined && one.endsUnanswered !== null);
      const { sport, dport } = tupleOf(first.tcp.way);
      return Math.min(sport, dport);
    });
    // A server that closed in place of an answer, and a client that gave up; the others were answered, or said goodbye.
    assert.deepEqual(servers.sort(), [7_002, 7_005]);
  });

  it('takes what was written twice for once', async () => {
    // Behind 70 records the first 40 of them once more: questions that were answered meanwhile.
    const upTo = (count: number) =>
      24 + records.slice(0, count).reduce((sum, one) => sum + one.bytes.length, 0);
    const twice = Buffer.concat([
      bytes.subarray(0, upTo(70)),
      bytes.subarray(upTo(0), upTo(40)),
      bytes.subarray(upTo(70)),
    ]);
    const { looks, told } = looksInto({ bytes: twice });
    const { tuple, at } = endOf(7_003, tcpFlags.fin);
    looks.want(tuple, at, 'fin');
    looks.want(reset.tuple, reset.at, 'trouble');
    await looks.finish(2_000);
    assert.equal(told.length, 1);
    assert.deepEqual(stamps(told[0]?.packets ?? []), stamps(data(7_100)));
  });

  it('looks once for all that come together, and reads no more for many than for one', async () => {
    const one = looksInto({ bytes });
    one.looks.want(reset.tuple, reset.at, 'trouble');
    await one.looks.finish(2_000);
    const many = looksInto({ bytes });
    many.looks.want(reset.tuple, reset.at, 'trouble');
    for (let port = 0; port < 15_000; port += 1)
      many.looks.want({ ...reset.tuple, dport: 20_000 + port }, reset.at, 'fin');
    await many.looks.finish(5_000);
    assert.deepEqual(many.work, one.work);
    assert.equal(many.told.length, 1);
    assert.equal(many.looks.leftOut, 0);
  });

  it('takes no more in trouble than it can tell of, and counts the rest', async () => {
    const { looks, work } = looksInto({ bytes });
    for (let port = 0; port < 10_000; port += 1)
      looks.want({ ...reset.tuple, dport: 20_000 + port }, reset.at, 'trouble');
    assert.equal(looks.leftOut, 9_500);
    await looks.finish(5_000);
    assert.equal(work.flushed, 1);
  });

  it('says nothing of one whose last packets are not there yet, and all of it when they are', async () => {
    const cut = 24 + lengthOf(30);
    const ring = { bytes: bytes.subarray(0, cut + 20), now: reset.at + 100_000 };
    const { looks, told } = looksInto(ring);
    looks.want(reset.tuple, reset.at, 'trouble');
    await new Promise((done) => setTimeout(done, 250));
    assert.equal(told.length, 0);
    ring.bytes = bytes;
    await looks.finish(2_000);
    assert.deepEqual(stamps(told[0]?.packets ?? []), stamps(data(7_100)));
  });

  it('waits no longer than a kernel holds packets back', async () => {
    const cut = 24 + lengthOf(30);
    const { looks, told } = looksInto({ bytes: bytes.subarray(0, cut), now: reset.at + 1_300_001 });
    looks.want(reset.tuple, reset.at, 'trouble');
    await looks.finish(2_000);
    assert.deepEqual(stamps(told[0]?.packets ?? []), stamps(data(7_100)));
  });

  it('does not know what was given back already', async () => {
    const from = 24 + lengthOf(40) + 5;
    const given = Buffer.from(bytes);
    given.fill(0, 24, from);
    const { looks, told } = looksInto({ bytes: given, from });
    looks.want(reset.tuple, reset.at, 'trouble');
    await looks.finish(2_000);
    assert.deepEqual(told, []);
  });

  it('tells nothing of what packets were dropped from', async () => {
    const ring: Ring = { bytes, dropped: 0, now: (records[0]?.at ?? 0) - 1 };
    const { looks, told } = looksInto(ring);
    Object.assign(ring, { dropped: 3, now: lastAt + 2e6 });
    looks.want(reset.tuple, reset.at, 'trouble');
    await looks.finish(2_000);
    assert.deepEqual(told, []);
    assert.equal(looks.unsure, 1);
  });

  it('tells what is new when one is in trouble again', async () => {
    const { looks, told } = looksInto({ bytes });
    looks.want(reset.tuple, reset.at, 'trouble');
    await looks.finish(2_000);
    looks.want(reset.tuple, reset.at + 200_000, 'trouble');
    await looks.finish(2_000);
    assert.equal(told.length, 1);
  });

  it('looks once more for what passed soon after', async () => {
    const upTo = (count: number) => bytes.subarray(0, 24 + lengthOf(count));
    const [begun, all] = [flowAt(7_003).slice(0, 5), data(7_003)];
    const [first, last] = [begun[0], begun.at(-1)];
    assert.ok(first !== undefined && last !== undefined);
    const ring = { bytes: upTo(packets.indexOf(last) + 1), now: last.at + 1.9e6 };
    const { looks, told } = looksInto(ring);
    looks.want(tupleOf(first.tcp.way), last.at, 'trouble');
    await until(() => told.length > 0);
    const known = told[0]?.packets.length ?? 0;
    assert.ok(known > 0 && known < all.length);
    Object.assign(ring, { bytes, now: last.at + 4e6 });
    await until(() => told.length > 1);
    assert.deepEqual(stamps(told.flatMap((one) => one.packets)), stamps(all));
    await looks.finish(2_000);
  });

  it('does not put off a look for those who come while it waits', async () => {
    const { looks, told } = looksInto({ bytes });
    looks.want(reset.tuple, reset.at, 'trouble');
    let port = 20_000;
    const others = setInterval(() => looks.want({ ...reset.tuple, dport: (port += 1) }, reset.at, 'fin'), 5);
    await until(() => told.length > 0);
    clearInterval(others);
    assert.ok(port < 20_100, `${port - 20_000} others`);
    await looks.finish(2_000);
  });

  it('gives up where the ring does not answer', async () => {
    const { looks, told } = looksInto({ bytes, dropped: null, now: reset.at + 16e6 });
    looks.want(reset.tuple, reset.at, 'trouble');
    await looks.finish(2_000);
    assert.deepEqual(told, []);
  });
});
