import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isOfOtherNode } from '../../src/observe/pod-routes.ts';

/** A folder as /proc has one for a process, of a node with these routes and this address, all in the kernel's form. */
async function procOf(t: TestContext, routes: readonly string[], address: string): Promise<string> {
  const proc = await mkdtemp(join(tmpdir(), 'netdebug-proc-'));
  t.after(() => rm(proc, { recursive: true, force: true }));
  await mkdir(join(proc, 'net'));
  const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
  await writeFile(join(proc, 'net/route'), `${[head, ...routes].join('\n')}\n`);
  await writeFile(join(proc, 'net/fib_trie'), `Local:\n     |-- ${address}\n        /32 host LOCAL\n`);
  return proc;
}

const route = (device: string, destination: string, gateway: string, mask: string) =>
  `${device}\t${destination}\t${gateway}\t0003\t0\t0\t0\t${mask}\t0\t0\t0`;

test("a pod is another node's where a route for its addresses leads to a neighbour, and only there", async (t) => {
  const proc = await procOf(
    t,
    [
      route('eth0', '00000000', '0100800A', '00000000'),
      // 10.44.0.0/24 of this node's bridge, 10.44.1.0/24 by 10.128.0.12, and a pod of it that has moved here.
      route('cni0', '00002C0A', '00000000', '00FFFFFF'),
      route('eth0', '00012C0A', '0C00800A', '00FFFFFF'),
      route('veth1', '07012C0A', '00000000', 'FFFFFFFF'),
      // As Cilium has it: through the node's own address.
      route('cilium_host', '00022C0A', '0B00800A', '00FFFFFF'),
    ],
    '10.128.0.11',
  );
  const others = ['10.44.0.10', '10.44.1.10', '10.44.1.7', '10.44.2.10', '192.0.2.1', 'fd00::1', ''];
  assert.deepEqual(
    others.filter((address) => isOfOtherNode(address, proc)),
    ['10.44.1.10'],
  );
  assert.equal(isOfOtherNode('10.44.1.10', join(proc, 'gone')), false);
});
