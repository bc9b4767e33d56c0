// The mesh's commands by their words: what is refused, in which sentence, and how they end.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { until } from '../probe/recording.ts';
import { runProgram } from './running-program.ts';

const agent = ['mesh', 'agent', '--coordinator', 'http://127.0.0.1:1', '--node', 'n'];
const refused: [words: string[], code: number, sentence: RegExp][] = [
  [['mesh', 'agent', '--node', 'n'], 64, /--coordinator <url>/],
  [['mesh', 'agent', '--coordinator', 'http://c:9465'], 64, /--node <name>/],
  [
    ['mesh', 'agent', '--coordinator', 'c:9465', '--node', 'n'],
    64,
    /^netdebug: --coordinator: "c:9465" is no URL of it/,
  ],
  [
    ['mesh', 'agent', '--coordinator', 'http://c:9465', '--node', 'N 1'],
    64,
    /^netdebug: --node: "N 1" is no node's name/,
  ],
  [
    [...agent, '--target-ranges', '10.0.0.0'],
    64,
    /^netdebug: --target-ranges: "10.0.0.0" are no ranges; write them like 10\./,
  ],
  [[...agent, '--target-ports', '8080,0'], 64, /^netdebug: --target-ports: "0" is not a port/],
  [[...agent, '--host-addresses', 'host'], 64, /^netdebug: --host-addresses: "host" is no IP address/],
  [[...agent, '--token-file', ''], 64, /^netdebug: --token-file: the value is empty/],
  [['mesh', 'server', '--listen', 'everywhere'], 64, /^netdebug: --listen: "everywhere" is no address/],
  [
    ['mesh', 'coordinator', '--kubeconfig', '/nowhere/config'],
    69,
    /^netdebug: kubectl knows no cluster to talk to/,
  ],
  [
    ['mesh', 'coordinator', '--api-server', '10.0.0.1:443'],
    64,
    /^netdebug: --api-server: "10.0.0.1:443" is no URL of one; write it like http:/,
  ],
  [
    ['mesh', 'coordinator', '--api-server', 'http://h:1', '--context', 'c'],
    64,
    /^netdebug: --api-server needs no --kubeconfig and no --context/,
  ],
  [['mesh', 'evidence', 'N 1'], 64, /^netdebug: --node: "N 1" is no node's name/],
  [['lab', 'mesh', '--conflict', 'server'], 64, /^netdebug: --conflict: "server" is no node/],
  [['lab', 'mesh', '--nodes', '3', '--lose', 'node-4'], 64, /^netdebug: there is no node-4 among 3 nodes/],
  [['lab', 'mesh', '--pods-per-node', '1'], 64, /^netdebug: --pods-per-node: every node needs two/],
  [['lab', 'mesh', '--nodes', '5000'], 64, /^netdebug: --nodes: 5000 are too many/],
];
for (const [words, code, sentence] of refused) {
  test(`${words.join(' ')} is refused in a sentence`, async (t) => {
    const program = runProgram(t, ...words);
    assert.equal(await program.exit(), code, program.stderr());
    assert.match(program.stderr(), sentence);
  });
}

test('each part has help with examples', async (t) => {
  for (const part of ['server', 'agent', 'coordinator', 'evidence']) {
    const program = runProgram(t, 'mesh', part, '--help');
    assert.equal(await program.exit(), 0);
    assert.match(program.stdout(), /Examples:\n {2}bin\/netdebug mesh /);
  }
});

test('a server says where it listens, is well, and ends in an orderly way', async (t) => {
  const server = runProgram(
    t,
    'mesh',
    'server',
    '--port',
    '0',
    '--listen',
    '127.0.0.1:0',
    '--node',
    'node-1',
  );
  const where = () => /metrics on (\S+?)\.\n/.exec(server.stderr())?.[1];
  await until('it listens', () => where() !== undefined);
  for (const path of ['healthz', 'readyz', 'metrics'])
    assert.equal((await fetch(`http://${where() ?? ''}/${path}`)).status, 200);
  server.child.kill('SIGTERM');
  assert.equal(await server.exit(), 0);
});

test('an agent takes its bounds from the environment, as its pod gives them, and escapes what a coordinator says', async (t) => {
  const server = createServer((_, response) => response.writeHead(403).end('\x1b]0;no\x07'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  process.env['NETDEBUG_TARGET_RANGES'] = 'nonsense';
  t.after(() => delete process.env['NETDEBUG_TARGET_RANGES']);
  const words = ['mesh', 'agent', '--coordinator', `http://127.0.0.1:${port}`, '--node', 'n'];
  const wrong = runProgram(t, ...words, '--listen', '127.0.0.1:0');
  assert.equal(await wrong.exit(), 64);
  assert.match(wrong.stderr(), /"nonsense" are no ranges/);
  process.env['NETDEBUG_TARGET_RANGES'] = '127.0.0.0/8';
  const right = runProgram(t, ...words, '--listen', '127.0.0.1:0');
  await until('it says what the coordinator says', () => right.stderr().includes('403'));
  assert.match(right.stderr(), /it answers 403: "\\x1b\]0;no\\a"; give a token/);
  right.child.kill('SIGTERM');
  assert.equal(await right.exit(), 0);
});

test('a port that is taken is said, with how to find out by whom', async (t) => {
  const first = runProgram(t, 'mesh', 'server', '--port', '0', '--listen', '127.0.0.1:0');
  const where = () => /metrics on (\S+?)\.\n/.exec(first.stderr())?.[1];
  await until('it listens', () => where() !== undefined);
  const second = runProgram(t, 'mesh', 'server', '--port', '0', '--listen', where() ?? '');
  assert.equal(await second.exit(), 69);
  assert.match(second.stderr(), /^netdebug: Port [0-9]+ is taken; see by whom with: ss -ltnp/);
});

test('the version is that of the package', async (t) => {
  const program = runProgram(t, '--version');
  assert.equal(await program.exit(), 0);
  assert.match(program.stdout(), /^[0-9]+\.[0-9]+\.[0-9]+\n$/);
});
