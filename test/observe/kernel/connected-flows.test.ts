import assert from 'node:assert/strict';
import { endianness } from 'node:os';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { flowOf, sharedFlowsIn } from '../../../src/observe/kernel/connected-flows.ts';
import { linesOf, node, pod, sortOut } from './recorded-trace.ts';

describe('a connection at an address that several namespaces have', () => {
  for (const address of ['127.0.0.1', '::1'])
    it(`is in the table of its own (${address}, ${endianness()})`, async (t) => {
      const server = createServer().listen(0, address);
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const client = connect(port, address);
      t.after(() => {
        client.destroy();
        server.close();
      });
      await once(client, 'connect');
      const flow = flowOf({ src: address, sport: client.localPort ?? 0, dst: address, dport: port });
      const [here, gone] = [{ proc: '/proc/self' }, { proc: '/proc/none' }];
      assert.equal(sharedFlowsIn([here], [gone]).get(flow), 'ours');
      assert.equal(sharedFlowsIn([gone], [here]).get(flow), 'foreign');
      assert.equal(sharedFlowsIn([here], [here]).get(flow), 'several');
      assert.equal(sharedFlowsIn([here], []).size, 0);
    });

  const addresses = { '10.77.1.1': 'several', '10.77.1.2': pod } as const;
  const atNode = (line: string) =>
    line.includes('saddrv6=::ffff:10.77.1.1 ') || line.includes('src=10.77.1.1:');
  const keepalive = linesOf('keepalive-v4').filter(atNode);

  it('is told by the tables where interrupts alone tell of it', () => {
    const tuple = sortOut(keepalive).kept.find(({ tracepoint }) => tracepoint === 'send-reset')?.tuple;
    assert.ok(tuple !== undefined && tuple !== null);
    const kept = (whose?: 'ours' | 'foreign' | 'several') =>
      sortOut(keepalive, { addresses, flows: whose === undefined ? {} : { [flowOf(tuple)]: whose } });
    assert.ok(kept('ours').kept.some(({ tracepoint }) => tracepoint === 'send-reset'));
    assert.deepEqual(
      [kept('foreign').kept.length, kept('several').kept.length, kept().kept.length],
      [0, 0, 0],
    );
    assert.ok(kept('foreign').tally.foreign > 0);
    assert.ok(kept().tally.several > 0);
  });

  it('is told by its other end, before or after, where that names its process', () => {
    const lines = linesOf('unread-v4').filter((line) => line.includes('10.77.1.'));
    const both = { '10.77.1.1': 'several', '10.77.1.2': 'several' } as const;
    const [ours, foreign] = [1, 99].map((namespace) =>
      sortOut(lines, { addresses: both, processes: { 26346: { namespace } } }),
    );
    const received = ({ kept }: ReturnType<typeof sortOut>) =>
      kept.filter(({ tracepoint, context }) => tracepoint === 'receive-reset' && context === 'interrupt')
        .length;
    assert.equal(received(ours!), 1);
    assert.equal(foreign?.kept.length, 0);
    assert.ok(foreign.tally.several === 0 && foreign.tally.foreign > 0);
  });

  it('is found to be one when a process of another namespace ends it, before the next look', () => {
    const lines = linesOf('unread-v4').filter((line) => line.includes('10.77.1.'));
    const { kept } = sortOut(lines, { processes: { 26346: { namespace: 99 } } });
    assert.ok(!kept.some(({ tuple }) => tuple?.src === '10.77.1.1'));
    assert.ok(!kept.some(({ tracepoint }) => tracepoint === 'receive-reset'), 'nor its other end');
  });

  it("of both at once is nobody's", () => {
    const lines = linesOf('unread-v4').filter((line) => line.includes('10.77.1.'));
    const others = lines.map((line) => line.replaceAll('26346', '26999'));
    const both = { '10.77.1.1': 'several', '10.77.1.2': 'several' } as const;
    const processes = { 26346: { namespace: node.id }, 26999: { namespace: 99 } };
    const { kept, tally } = sortOut([...lines, ...others], { addresses: both, processes });
    assert.ok(kept.every(({ context }) => context === 'process'));
    assert.ok(tally.several > 0);
  });
});
