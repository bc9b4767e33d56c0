// The mesh's commands among what goes wrong around them: requests that are none, a kubectl that knows no cluster, unlucky names.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findTool } from '../../src/system/find-tool.ts';
import { until } from '../probe/recording.ts';
import { runProgram } from './running-program.ts';

const skip = findTool('kubectl') === undefined ? 'kubectl is not installed' : false;

for (const words of [['mesh', 'constructor'], ['toString'], ['__proto__']]) {
  test(`${words.join(' ')} is an unknown command, and no fault of ours`, async (t) => {
    const program = runProgram(t, ...words);
    assert.equal(await program.exit(), 64, program.stderr());
    assert.match(program.stderr(), new RegExp(`unknown command '${words.at(-1) ?? ''}'`));
  });
}

test('no request ends a server, whatever it asks for', async (t) => {
  const server = runProgram(t, 'mesh', 'server', '--port', '0', '--listen', '127.0.0.1:0');
  const where = () => /metrics on (\S+?)\.\n/.exec(server.stderr())?.[1];
  await until('it listens', () => where() !== undefined);
  const port = Number(where()?.split(':')[1]);
  for (const target of ['//', '//[', 'http://a:99999/', '*', '/\xff']) {
    const socket = connect(port, '127.0.0.1');
    socket.end(Buffer.from(`GET ${target} HTTP/1.1\r\nhost: m\r\n\r\n`, 'latin1'));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(answer.toString('latin1'), /^HTTP\/1\.1 400 /, target);
  }
  assert.equal((await fetch(`http://${where() ?? ''}/healthz`)).status, 200);
  server.child.kill('SIGTERM');
  assert.equal(await server.exit(), 0, server.stderr());
});

test('outside a pod a coordinator whose kubectl knows no cluster says so at once', { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-kubeconfig-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const kubeconfig = join(folder, 'config');
  const cluster = { name: 'c', cluster: { server: 'http://127.0.0.1:1' } };
  await writeFile(kubeconfig, JSON.stringify({ apiVersion: 'v1', kind: 'Config', clusters: [cluster] }));
  const program = runProgram(t, 'mesh', 'coordinator', '--kubeconfig', kubeconfig, '--listen', '127.0.0.1:0');
  assert.equal(await program.exit(), 69, program.stderr());
  assert.match(
    program.stderr(),
    /^netdebug: kubectl knows no cluster to talk to; choose one with --context or --kubeconfig.*\(current-context must exist/,
  );
});

test('what an API says is logged on a line of its own, with nothing in it that a terminal would obey', async (t) => {
  const message = '\x1b]0;größer\x07\x1b[2J\nA line of our own.\r\tDone.';
  const api = createServer((_, response) => {
    response.writeHead(500, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'Status', message }));
  });
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  t.after(() => {
    api.close();
    api.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  const coordinator = runProgram(
    t,
    ...['mesh', 'coordinator', '--api-server', url, '--listen', '127.0.0.1:0'],
  );
  await until('it says so', () => coordinator.stderr().split('does not tell us').length > 2);
  coordinator.child.kill('SIGTERM');
  assert.equal(await coordinator.exit(), 0, coordinator.stderr());
  const lines = coordinator.stderr().split('\n').slice(0, -1);
  const said = lines.filter((line) => line.includes('does not tell us'));
  const escaped = '(\\x1b]0;größer\\x07\\x1b[2J\\x0aA line of our own.\\x0d Done.)';
  assert.ok(
    said.every((line) => line.includes(escaped)),
    coordinator.stderr(),
  );
  assert.ok(
    lines.every((line) => /^[0-9]{4}-|^[0-9]{2}:/.test(line)),
    coordinator.stderr(),
  );
  assert.doesNotMatch(coordinator.stderr(), /[\0-\x09\x0b-\x1f\x7f]/);
});
