import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { captureFilter, lostPackets, saysListening } from '../../../src/observe/capture/tcpdump.ts';
import { run } from '../../../src/system/process.ts';
import { findTool } from '../../../src/system/tools.ts';

describe('tcpdump', () => {
  it('says when it listens and what was dropped', () => {
    const begun =
      'tcpdump: data link type LINUX_SLL2\ntcpdump: listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 128 bytes\n';
    assert.equal(saysListening('tcpdump: data link type LINUX_SLL2\n'), false);
    assert.equal(saysListening(begun), true);
    assert.equal(lostPackets(begun), null);
    assert.equal(
      lostPackets(
        `${begun}6900 packets captured\n6912 packets received by filter\n12 packets dropped by kernel\n`,
      ),
      12,
    );
    assert.equal(
      lostPackets('1 packet captured\n1 packet received by filter\n1 packet dropped by kernel\n'),
      1,
    );
    const stoppedEarly =
      '6000 packets captured\n6900 packets received by filter\n12 packets dropped by kernel\n';
    assert.equal(lostPackets(stoppedEarly), 900);
  });

  it(
    'takes every filter that we write',
    { skip: findTool('tcpdump') === undefined && 'tcpdump is not installed' },
    async () => {
      const filters = [
        captureFilter({ packets: 'all', ports: [], immediate: true }),
        captureFilter({ packets: 'flags', ports: [], immediate: false }),
        captureFilter({ packets: 'flags', ports: [8_080, 443], immediate: false }),
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
