import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  captureCounts,
  captureFilter,
  hasCaughtUp,
  lostPackets,
  ringFilter,
  saysListening,
  whyEnded,
} from '../../../src/system/tools/tcpdump.ts';
import { run } from '../../../src/system/process.ts';
import { findTool } from '../../../src/system/find-tool.ts';

const none = { looped: 0, hadCaughtUp: false };

describe('tcpdump', () => {
  it('says what it takes where it is refused', () => {
    const refused =
      "tcpdump: any: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)";
    assert.equal(whyEnded(refused), 'no packets are seen: to capture them it takes CAP_NET_RAW');
    const asRoot = "tcpdump: Couldn't change to 'root' uid=0 gid=0: Operation not permitted";
    assert.match(whyEnded(asRoot), /the capability SETGID$/);
    assert.equal(whyEnded('tcpdump: no such device'), 'tcpdump: no such device');
  });

  it('says when it listens and what was dropped', () => {
    const begun =
      'tcpdump: data link type LINUX_SLL2\ntcpdump: listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 128 bytes\n';
    assert.equal(saysListening('tcpdump: data link type LINUX_SLL2\n'), false);
    assert.equal(saysListening(begun), true);
    assert.equal(captureCounts(begun), null);
    const ended = `${begun}6900 packets captured\n6912 packets received by filter\n12 packets dropped by kernel\n`;
    assert.deepEqual(captureCounts(ended), { captured: 6_900, received: 6_912, dropped: 12 });
    assert.equal(lostPackets({ captured: 6_900, received: 6_912, dropped: 12 }, none), 12);
    assert.equal(lostPackets({ captured: 6_000, received: 6_912, dropped: 12 }, none), 912);
    // Libpcap passes over each packet as it goes out by the loopback: the kernel counts two and hands it on once.
    assert.equal(lostPackets({ captured: 6_880, received: 6_912, dropped: 0 }, { ...none, looped: 32 }), 0);
    assert.equal(
      lostPackets({ captured: 6_000, received: 6_912, dropped: 12 }, { ...none, looped: 32 }),
      880,
    );
    // What comes while it ends, after it had all, is no more of the capture.
    const ending = { captured: 6_900, received: 6_923, dropped: 12 };
    assert.equal(hasCaughtUp(ending, 0), false);
    assert.equal(hasCaughtUp({ ...ending, received: 6_912 }, 0), true);
    assert.equal(lostPackets(ending, { looped: 0, hadCaughtUp: true }), 12);
    const one = '1 packet captured\n1 packet received by filter\n0 packets dropped by kernel\n';
    assert.deepEqual(captureCounts(one), { captured: 1, received: 1, dropped: 0 });
    // As it answers to SIGUSR1; the last counts are the ones that hold.
    const asked = 'tcpdump: 5 packets captured, 9 packets received by filter, 0 packets dropped by kernel\n';
    assert.deepEqual(captureCounts(`${begun}${asked}${one}`), { captured: 1, received: 1, dropped: 0 });
    assert.deepEqual(captureCounts(`${begun}${asked}`), { captured: 5, received: 9, dropped: 0 });
  });

  it(
    'takes every filter that we write',
    { skip: findTool('tcpdump') === undefined && 'tcpdump is not installed' },
    async () => {
      const filters = [
        captureFilter({ packets: 'all', ports: [], immediate: true }),
        captureFilter({ packets: 'flags', ports: [], immediate: false }),
        captureFilter({ packets: 'flags', ports: [8_080, 443], immediate: false }),
        ringFilter([8_080, 443]),
      ];
      for (const filter of filters) {
        // A capture file's header alone: the filter is compiled for its link type, and nothing is captured.
        const header = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex').toString(
          'latin1',
        );
        const { exitCode, stderr } = await run([
          'sh',
          '-c',
          `printf '${octal(header)}' | tcpdump -r - "$1"`,
          'sh',
          filter,
        ]);
        assert.equal(exitCode, 0, `${filter}: ${stderr}`);
      }
    },
  );
});

const octal = (text: string) =>
  Array.from(text, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`).join('');
