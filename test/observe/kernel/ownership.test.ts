import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { hasOtherNumbers, isListener } from '../../../src/observe/kernel/listener-sockets.ts';
import { trackNodeNamespaces } from '../../../src/observe/kernel/node-namespaces.ts';
import { ownAddressesIn } from '../../../src/observe/local-addresses.ts';
import { namespaceOf } from '../../../src/observe/pod-namespaces.ts';
import { linesOf, node, pod, sortOut } from './recorded-trace.ts';

const stranger = linesOf('unread-v4').filter(
  (line) => line.includes('10.44.0.33') || line.includes('[::]:8080'),
);
const named = (text: string) => (line: string) => line.includes(text);

describe('one kernel for all namespaces', () => {
  it('what another world does is not kept, and counted', () => {
    const { kept, tally, unknown } = sortOut(linesOf('unread-v4'));
    assert.equal(kept.filter(({ text }) => /10\.44\.|10\.48\.|8080/.test(text)).length, 0);
    assert.ok(stranger.length > 10);
    assert.equal(tally.foreign, stranger.length);
    assert.equal(unknown, 1, 'and is worth one look for new pods');
  });

  it('of a connection to elsewhere only the own end is kept', () => {
    const onlyNode = sortOut(linesOf('unread-v4'), { addresses: { '10.77.1.1': node } });
    assert.deepEqual([...new Set(onlyNode.kept.map(({ tuple }) => tuple?.src))], ['10.77.1.1']);
    const onlyPod = sortOut(linesOf('reject-v4'), { addresses: { '10.77.1.2': pod } });
    assert.ok(onlyPod.kept.length > 0);
    assert.ok(onlyPod.kept.every(({ tuple }) => tuple?.src === '10.77.1.2'));
  });

  it('a listener that answers without an address is known by its socket alone', () => {
    const answers = stranger.filter(named('TCP_LISTEN'));
    assert.ok(answers.length > 0);
    assert.equal(sortOut(answers).kept.length, 0);
    const listeners = { '000000006c56d62c': pod };
    const { kept } = sortOut(answers, { listeners });
    assert.ok(kept.length > 0);
    assert.ok(kept.every(({ socket, context }) => socket === '000000006c56d62c' && context === 'interrupt'));
  });

  it('a socket at our address that a process of another namespace ends is not ours', () => {
    const lines = linesOf('unread-v4').filter(named('10.77.1.1:7001'));
    assert.equal(lines.length, 1);
    assert.equal(sortOut(lines, { processes: { 26346: { namespace: 1 } } }).kept.length, 1);
    const foreign = sortOut(lines, { processes: { 26346: { namespace: 99 } } });
    assert.deepEqual([foreign.kept.length, foreign.tally.foreign], [0, 1]);
  });

  it('an address that several namespaces have tells nothing, unless the process does', () => {
    const addresses = { '10.77.1.1': 'several', '10.77.1.2': pod } as const;
    const lines = linesOf('unread-v4').filter(named('10.77.1.1:7001'));
    assert.equal(sortOut(lines, { addresses }).tally.several, 1);
    assert.equal(sortOut(lines, { addresses, processes: { 26346: { namespace: 1 } } }).kept.length, 1);
  });

  it('what a socket has forgotten of itself is told by the thread that ends it, and by nothing later', () => {
    // A client's socket was bound by the kernel, and has no address of its own when it is gone.
    const lines = linesOf('nolistener-v4');
    const destroyed = lines.filter(named('tcp_destroy_sock'));
    assert.ok(destroyed.some(named('saddr=0.0.0.0')), destroyed.join('\n'));
    const { kept } = sortOut(lines);
    assert.ok(
      kept.some(({ tracepoint, tuple }) => tracepoint === 'socket-error' && tuple?.src === '0.0.0.0'),
    );
    const alone = sortOut(destroyed);
    assert.deepEqual([alone.kept.length, alone.tally.nameless > 0], [0, true]);
  });

  it('the loopback, which all namespaces have, is told by the process and its flow', () => {
    const lines = linesOf('unread-v4').map((line) => line.replaceAll(/10\.77\.1\.[12]/g, '127.0.0.1'));
    const ours = sortOut(lines, { processes: { 26346: { namespace: 1 } } });
    assert.ok(ours.kept.some(({ tracepoint }) => tracepoint === 'receive-reset'));
    assert.ok(ours.kept.some(({ tracepoint }) => tracepoint === 'send-reset'));
    assert.equal(sortOut(lines).kept.length, 0);
    assert.equal(sortOut(lines, { processes: { 26346: { namespace: 99 } } }).kept.length, 0);
  });

  it('signals and exits are kept where a socket of the node ended by that process, and nowhere else', () => {
    const lines = linesOf('sigkill-v4');
    assert.equal(sortOut(lines).kept.filter(({ target }) => target !== undefined).length, 2);
    assert.equal(sortOut(lines, { addresses: {} }).kept.length, 0);
  });

  it('a socket that ends in order is not worth its line', () => {
    const fin = sortOut(linesOf('fin-v4').filter((line) => !/reset|error/.test(line)));
    assert.ok(fin.kept.length > 0);
    assert.ok(fin.kept.every(({ tracepoint }) => tracepoint === 'set-state'));
  });
});

const [address = ''] = process.platform === 'linux' ? ownAddressesIn('/proc/self') : [];
const noAddress = address === '' && 'this machine has no address';

/** As the kernel prints it. */
const socketOf = (port: number): string =>
  ['tcp', 'tcp6']
    .flatMap((table) => readFileSync(`/proc/self/net/${table}`, 'utf8').split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .find((columns) => columns[1]?.endsWith(`:${port.toString(16).toUpperCase().padStart(4, '0')}`))?.[11] ??
  '';

describe('an address that nobody knows', () => {
  const scopeNode = { name: 'here', proc: '/proc/self' };
  it('is looked for once by a look at the namespaces, and again some time later', () => {
    let now = 0;
    const namespaces = trackNodeNamespaces({
      node: scopeNode,
      machineProc: '/proc',
      pods: { find: () => [], expected: new Set() },
      monotonic: () => now,
    });
    assert.deepEqual(
      [namespaces.isUnknown('198.51.100.7'), namespaces.isForeign('198.51.100.7')],
      [true, false],
    );
    namespaces.refresh();
    assert.deepEqual(
      [namespaces.isUnknown('198.51.100.7'), namespaces.isForeign('198.51.100.7')],
      [false, true],
    );
    now = 6_000;
    namespaces.refresh();
    assert.deepEqual(
      [namespaces.isUnknown('198.51.100.7'), namespaces.isForeign('198.51.100.7')],
      [true, false],
    );
    assert.equal(namespaces.isUnknown('127.0.0.1') || namespaces.isUnknown('::'), false);
  });
});

describe('a pod that is to come, at an address that another namespace has', { skip: noAddress }, () => {
  it('is looked for until it is there, and so is the owner of a listener that nobody has', async (t) => {
    const server = createServer().listen(0);
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = socketOf(port);
    const sleeper = spawn('sleep', ['60']);
    t.after(() => sleeper.kill('SIGKILL'));
    await once(sleeper, 'spawn');
    const pod = { address, id: namespaceOf('/proc/self') as number, proc: `/proc/${sleeper.pid}` };
    let found: (typeof pod)[] = [];
    const namespaces = trackNodeNamespaces({
      node: { name: 'elsewhere', proc: '/proc/0' },
      machineProc: '/proc',
      pods: { find: () => found, expected: new Set([address]) },
      monotonic: () => 0,
    });
    const unknown = () => [namespaces.isUnknown(address), namespaces.isUnknownListener(socket, port)];
    assert.deepEqual(unknown(), [true, true]);
    namespaces.refresh();
    assert.deepEqual(unknown(), [true, true]);
    assert.equal(namespaces.isForeign(address), false);
    found = [pod];
    namespaces.refresh();
    assert.deepEqual(unknown(), [false, false]);
    assert.equal(namespaces.withListener(socket, port)?.name, address);
    assert.equal(
      namespaces.isUnknownListener('0000000000000001', port),
      false,
      'all that there is was looked at',
    );
    const gone = once(sleeper, 'exit');
    sleeper.kill('SIGKILL');
    await gone;
    assert.equal(namespaces.withListener(socket, port)?.name, address, 'of its last events, too');
    assert.equal(namespaces.isUnknownListener('0000000000000001', port), true);
  });
});

describe('a listener that is asked for', () => {
  it('is looked for once in a while, be it of the node or of somebody else', (t) => {
    const proc = mkdtempSync(join(tmpdir(), 'proc-'));
    t.after(() => rmSync(proc, { recursive: true }));
    mkdirSync(join(proc, 'net'));
    for (const file of ['snmp', 'fib_trie', 'if_inet6']) writeFileSync(join(proc, 'net', file), '');
    const listen = (...sockets: string[]) =>
      writeFileSync(
        join(proc, 'net/tcp'),
        ['head', ...sockets.map((socket) => listenerRow(socket)), connectionRow, ''].join('\n'),
      );
    let now = 0;
    const namespaces = trackNodeNamespaces({
      ...{
        node: { name: 'here', proc },
        machineProc: '/proc',
        pods: { find: () => [], expected: new Set() },
      },
      monotonic: () => now,
    });
    const has = (socket: string) => namespaces.withListener(socket, 8080)?.name === 'here';
    listen('00000000000000aa');
    assert.deepEqual([has('00000000000000aa'), has('00000000000000bb')], [true, false]);
    listen('00000000000000bb');
    now += 150;
    assert.deepEqual([has('00000000000000aa'), has('00000000000000bb')], [true, false]);
    now += 1_000;
    assert.deepEqual([has('00000000000000aa'), has('00000000000000bb')], [false, true]);
  });
});

const listenerRow = (pointer: string, state = '0A', port = '1F90') =>
  `   0: 00000000:${port} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1066 1 ${pointer} 100 0 0 10 0`;
const connectionRow = listenerRow('00000000000000cc', '01');

describe('a listener in the table of a namespace', () => {
  const row = listenerRow;
  const head =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
  it('is that of its port, its state and its address', () => {
    const is = (...rows: string[]) => isListener([head, ...rows].join('\n'), '000000006c56d62c', 8080);
    assert.equal(is(row('0000000019f8dfd7'), row('000000006c56d62c')), true);
    assert.equal(is(row('000000006c56d62c', '01'), row('000000006c56d62c', '0A', '1F91')), false);
  });

  it('cannot be found where the kernel prints real addresses or none', () => {
    assert.equal(hasOtherNumbers(`${head}\n${row('000000006c56d62c')}`), false);
    for (const other of ['ffff8881034a5b00', '0000000000000000'])
      assert.equal(hasOtherNumbers(`${head}\n${row(other)}`), true);
  });
});
