import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { formatMicros } from '../../src/model/clock.ts';
import type { PacketEvent } from '../../src/model/node-event.ts';
import { run } from '../../src/system/process.ts';
import { readCapture } from '../packets/recording.ts';
import { mainScript } from '../program.ts';
import { withoutPrograms } from '../without-programs.ts';
import { labSkip, netdebug, newFolder, tracefsSkip } from './netdebug.ts';
import { isPacket, observeResets, readEvents, sourceNames } from './observed-world.ts';

const skip = await labSkip();
const asRoot = process.getuid?.() === 0;
const kernelIsHeard = (await tracefsSkip()) === false;
function assertResetIsThere(packets: readonly PacketEvent[]): void {
  const reset = packets.find((packet) => packet.flags === 'R.');
  assert.ok(reset !== undefined);
  assert.deepEqual(
    [reset.interface, reset.ttl, reset.tuple.sport, reset.hasTimestampOption],
    ['lo', 64, 9_000, true],
  );
  const data = packets.filter(
    (packet) => packet.payloadLength > 0 && packet.tuple.sport === reset.tuple.dport,
  );
  assert.equal(data.length, 3, 'the three messages before it are there');
  assert.equal(reset.ack, data[2]!.seq + data[2]!.payloadLength);
}

describe('observing a reset', { skip }, () => {
  it('ends in an orderly way on SIGTERM, with the reset, its counters and the entry of connection tracking', async (t) => {
    const { folder, exitCode, stderr } = await observeResets(t, 'SIGTERM', 1);
    assert.equal(exitCode, 0, stderr);
    for (const name of sourceNames.filter((one) => one !== 'kernel-events' || kernelIsHeard)) {
      assert.match(stderr, new RegExp(`^${name} +started `, 'm'));
      assert.match(stderr, new RegExp(`^${name} +stopped `, 'm'));
    }
    const events = await readEvents(folder);
    assertResetIsThere(events.filter(isPacket));
    const sum = (name: string) =>
      events.reduce(
        (total, event) =>
          total + (event.event === 'counters' && event.source === 'snmp' ? (event.changes[name] ?? 0) : 0),
        0,
      );
    assert.equal(sum('TcpOutRsts'), 1);
    assert.equal(sum('TcpExtTCPAbortOnData'), 1);
    const entry = events
      .filter((event) => event.event === 'conntrack')
      .map(({ change, state }) => `${change} ${state ?? ''}`);
    assert.deepEqual(entry, ['new SYN_SENT', 'update SYN_RECV', 'update ESTABLISHED', 'update CLOSE']);
    // Of what goes round by the loopback the kernel counts both passages, and libpcap hands on one: that is no loss.
    const capture = events.find(
      (event) => event.event === 'source' && event.source === 'capture' && event.state === 'stopped',
    );
    assert.equal(capture?.event === 'source' ? capture.lost : null, 0);
  });

  it('ends so on Ctrl-C, too, which is how most end it, and at once on a second one', async (t) => {
    const { exitCode, stderr } = await observeResets(t, 'SIGINT', 1);
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /^capture +stopped /m);
    assert.doesNotMatch(stderr, /^netdebug: /m);
    const again = await observeResets(t, 'again', 1);
    assert.equal(again.exitCode, 130, again.stderr);
    assert.doesNotMatch(again.stderr, /^capture +stopped /m);
  });

  it('killed at once leaves files that can be read, with the reset in them', async (t) => {
    const { folder, signal } = await observeResets(t, 'SIGKILL', 1);
    assert.equal(signal, 'SIGKILL');
    const events = await readEvents(folder);
    assertResetIsThere(events.filter(isPacket));
    // Killed between the two, the capture may hold more than the events tell of, and never less.
    const { records } = readCapture(await readFile(join(folder, 'evidence/here/capture.pcap')));
    const captured = new Set(records.map(({ at }) => formatMicros(at)));
    assert.deepEqual(
      events.filter(isPacket).filter(({ at }) => !captured.has(at)),
      [],
    );
  });
});

describe('observe refuses', { skip: process.platform !== 'linux' && 'needs Linux' }, () => {
  it('to start without the rights it needs, with the command that has them', async (t) => {
    const folder = await newFolder(t);
    const drop = asRoot ? ['setpriv', '--bounding-set=-net_admin,-net_raw'] : [];
    const { exitCode, stderr } = await run([
      ...drop,
      process.execPath,
      mainScript,
      'observe',
      '--out',
      folder,
    ]);
    assert.equal(exitCode, 69, stderr);
    assert.match(
      stderr,
      /observe needs root, or CAP_NET_ADMIN and CAP_NET_RAW; type: sudo bin\/netdebug observe --out /,
    );
  });

  it('to start without tcpdump, with the command that installs it, unless it is told to go without packets', async (t) => {
    if (skip !== false) {
      t.skip(skip);
      return;
    }
    const folder = await newFolder(t);
    const observe = [process.execPath, mainScript, 'observe', '--node', 'here', '--duration', '300ms'];
    const { exitCode, stderr } = await withoutPrograms(['tcpdump'], [...observe, '--out', folder]);
    assert.match(stderr, /^netdebug: observe needs tcpdump, which is not installed; type: .*\btcpdump\b/);
    assert.equal(exitCode, 69);
    assert.equal(existsSync(folder), false);
    const words = [...observe, '--out', folder, '--without', 'capture', '--without', 'snmp'];
    const without = await withoutPrograms(['tcpdump'], words);
    assert.equal(without.exitCode, 0, without.stderr);
    assert.match(without.stderr, /Attention: here: capture is missing: left out, as --without has it/);
    const events = await readEvents(folder);
    const said = events.flatMap((event) =>
      event.event === 'source' ? `${event.source} ${event.state}` : [],
    );
    assert.ok(
      ['capture', 'snmp'].every((name) => said.includes(`${name} unavailable`)),
      said.join(),
    );
    assert.ok(said.includes('conntrack-events stopped'), said.join());
  });

  it('to start without a witness that is required, and leaves no folder then', async (t) => {
    if (skip !== false) {
      t.skip(skip);
      return;
    }
    const folder = await newFolder(t);
    const observe = [process.execPath, mainScript, 'observe', '--node', 'here', '--duration', '300ms'];
    const words = [...observe, '--out', folder, '--only', 'snmp,sockets,conntrack-events'];
    const refused = await withoutPrograms(['conntrack'], [...words, '--require', 'snmp,conntrack-events']);
    assert.equal(refused.exitCode, 69, refused.stderr);
    assert.match(
      refused.stderr,
      /^netdebug: what --require names is not there: here: conntrack-events is missing/m,
    );
    assert.equal(existsSync(folder), false);
    const without = await withoutPrograms(['conntrack'], [...words, '--require', 'snmp']);
    assert.equal(without.exitCode, 0, without.stderr);
    const told = [...without.stderr.matchAll(/^Attention: here: conntrack-events is missing/gm)];
    assert.equal(told.length, 2, 'at the start and at the end');
    assert.doesNotMatch(without.stderr, /capture/);
  });

  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['observe'], /observe needs --out DIR/],
    [['observe', '--out', 'x', '--max-size', '12'], /--max-size: "12" is not a size/],
    [['observe', '--out', 'x', '--port', '0'], /--port: "0" is not a port/],
    [['observe', '--out', 'x', '--duration', '5x'], /--duration: "5x" is not a duration/],
    [
      ['observe', '--out', 'x', '--without', 'tcpdump'],
      /--without: there is no witness "tcpdump"; choose from: agents, capture, /,
    ],
    [['observe', '--out', 'x', '--node', '../x'], /--node: "..\/x" is not a name/],
    [['observe', '--out', 'x', '--require', 'capture,tcpdump'], /--require: there is no witness "tcpdump"/],
    [
      ['observe', '--out', 'x', '--require', 'snmp', '--without', 'snmp'],
      /snmp cannot be left out \(--without, --only\) and be required/,
    ],
  ];
  for (const [words, sentence] of cases) {
    it(`"${words.join(' ')}" with 64 and a sentence`, async () => {
      const { exitCode, stdout, stderr } = await netdebug(...words);
      assert.equal(exitCode, 64, stderr);
      assert.match(stderr, sentence);
      assert.equal(stdout, '');
    });
  }
});
