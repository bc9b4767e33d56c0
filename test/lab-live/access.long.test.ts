// Clients that come to the Service by a port of their node, or from the pod behind it: they are followed through the node's own address,
// and what ended them is found as elsewhere.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunRecord } from '../../src/model/run-record.ts';
import { labRun, labSkip } from './netdebug.ts';

/** What most of the lost connections were lost by, and how sure that is. */
function largest({ findings }: RunRecord) {
  const [first] = findings;
  return { cause: first?.cause, certainty: first?.certainty?.cause };
}

describe(
  'a Service reached otherwise than by its own address',
  { skip: await labSkip(), concurrency: 1 },
  () => {
    for (const words of [
      ['--access', 'nodeport'],
      ['--access', 'hairpin'],
      ['--access', 'nodeport', '--dataplane', 'nftables'],
      ['--access', 'nodeport', '--family', 'ipv6'],
      ['--access', 'nodeport', '--workload', 'raw'],
    ])
      it(`with ${words.join(' ')} a deleted entry is found`, async (t) => {
        const { record, stderr } = await labRun(t, 'conntrack-entry-deleted', ...words, '--duration', '8s');
        assert.deepEqual(largest(record), { cause: 'conntrack-entry-deleted', certainty: 'proven' }, stderr);
        assert.equal(record.access, words[1]);
      });

    it('packets that vanish beyond the client’s node are missed on the server’s', async (t) => {
      const { record, stderr } = await labRun(t, 'silent-drop', '--access', 'nodeport');
      assert.deepEqual(largest(record), { cause: 'silent-drop', certainty: 'proven' }, stderr);
    });

    it('a box that forgets idle flows stays in mind where the client is hidden', async (t) => {
      const { record, stderr } = await labRun(t, 'idle-timeout-between', '--access', 'nodeport');
      assert.equal(largest(record).cause, 'idle-timeout-between', stderr);
    });
  },
);
