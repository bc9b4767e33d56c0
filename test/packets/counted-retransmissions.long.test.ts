// How many retransmissions captures of several interfaces show, against what the kernels of both ends counted.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { countRetransmissions, merged } from './count-retransmissions.ts';
import { ends, lossyWaySkip, runLossyWay } from './lossy-way.ts';

describe('retransmissions over a router that loses packets', { skip: lossyWaySkip() }, () => {
  for (const family of [4, 6] as const) {
    it(`are as many as the kernels counted, IPv${family}`, async (t) => {
      const folder = await mkdtemp(join(tmpdir(), 'netdebug-lossy-'));
      t.after(() => rm(folder, { recursive: true, force: true }));
      const options = { family, percentLost: 8, connections: 30, requests: 8 };
      const { captures, retransmitted } = await runLossyWay(folder, options);
      t.diagnostic(`the kernels sent again: ${JSON.stringify(retransmitted)}`);
      assert.ok(retransmitted.client > 0 && retransmitted.server > 0);
      const { port, bridge, uplink } = captures;
      assert.ok(port !== undefined && bridge !== undefined && uplink !== undefined);
      const all = { ...captures, 'all interfaces in one file': merged([port, bridge, uplink]) };
      for (const [name, bytes] of Object.entries(all)) {
        const { client, server } = ends[family];
        const counted = countRetransmissions(bytes);
        // Each end's interface sees all that this end sent; one behind the router what was not lost there.
        if (name !== 'uplink') assert.equal(counted.get(client), retransmitted.client, `${name}, client`);
        if (!['port', 'bridge'].includes(name))
          assert.equal(counted.get(server), retransmitted.server, `${name}, server`);
      }
    });
  }
});
