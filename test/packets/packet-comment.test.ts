// Whose packet it is, where the capture says so: as ptcpdump writes it, several comments on a packet, and as people do.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeEventSchema, type PacketEvent } from '../../src/model/node-event.ts';
import { createCaptureFile } from '../../src/packets/capture-file.ts';
import { createPcapngWriter, pcapngHead } from '../../src/packets/pcapng-writer.ts';
import { tcpFlags } from '../../src/packets/tcp-packet.ts';
import { madeFrame } from './made-capture.ts';

function commented(...comments: readonly string[]): PacketEvent | undefined {
  const data = madeFrame({ seq: 1, flags: tcpFlags.rst });
  const fixed = { at: 1e6, linkType: 1, interfaceName: 'eth0', direction: 'out', comment: null } as const;
  const block = createPcapngWriter().packet({ ...fixed, data, wireLength: data.length }, 'x', comments);
  const events: PacketEvent[] = [];
  const file = createCaptureFile({ node: 'n', file: 'x' }, (event) => events.push(event));
  file.push(Buffer.concat([pcapngHead('test'), block]));
  assert.deepEqual(file.end().limits, []);
  return events[0];
}

describe('a comment on a packet', () => {
  it('of ptcpdump names the process, its container and its pod', () => {
    const event = commented(
      'PID: 1234\nCmd: /usr/bin/curl\nArgs: curl -s http://a',
      'ParentPID: 1\nParentCmd: /bin/sh\nParentArgs: sh',
      'ContainerName: web\nContainerId: 0123\nContainerImage: nginx\nContainerLabels: {}',
      'PodName: web-1\nPodNamespace: shop\nPodUID: u\nPodLabels: {}\nPodAnnotations: {}',
    );
    assert.deepEqual(event?.process, {
      ...{ pid: 1_234, command: '/usr/bin/curl', container: 'web', pod: 'shop/web-1' },
    });
    assert.match(event.text, /, of process 1234 \(\/usr\/bin\/curl\), container web, pod shop\/web-1$/);
    assert.match(event.comment ?? '', /^PID: 1234\n/);
    assert.deepEqual(nodeEventSchema.parse(event), event);
  });

  it('of ptcpdump may name a part of them only', () => {
    const event = commented('PID: 7\nCmd: \nArgs: ');
    assert.deepEqual(event?.process, { pid: 7, command: null, container: null, pod: null });
    assert.match(event.text, /, of process 7$/);
  });

  it('of a person is shown as it is, on one line and not endless', () => {
    const event = commented('look\n here', 'PIDs: 3');
    assert.equal(event?.process, undefined);
    assert.match(event?.text ?? '', /, comment: look; here; PIDs: 3$/);
    const long = commented('x'.repeat(100_000));
    assert.ok((long?.comment?.length ?? 0) <= 500 && (long?.text.length ?? 0) < 400);
  });

  it('is no field of a packet that has none', () => {
    const event = commented();
    assert.ok(event !== undefined && !('comment' in event) && !('process' in event));
  });
});
