// The references do what ours does: the same options on their sockets, the same lines, the same judgement of an answer, the same pace.
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test, type TestContext } from 'node:test';
import { costOf, freshPort } from '../../bench/probing/cost.ts';
import { contenders, type Contender } from '../../bench/probing/programs.ts';
import { countListeners } from '../../bench/probing/sockets.ts';
import { collectOptions, trace } from './traced.ts';

const folder = mkdtempSync(join(tmpdir(), 'netdebug-references-'));
after(() => rmSync(folder, { recursive: true }));
const onLinux = process.platform === 'linux';
const all = contenders(folder);
const { netdebug } = all;
const references: [string, Contender | undefined][] = [
  ['C', all.c],
  ['Go', all.go],
];
/** A reference that should be here and could not be built fails; one whose compiler is missing is skipped, with the reason. */
const missing = (name: string) => all.notes.find((note) => note.includes(`no ${name} reference`));
const strace = spawnSync('strace', ['--version']).status === 0;

const answer = 'Response from server: "You said: Soy todo oídos!"';

test('what should have been built has been', () => {
  for (const [name, program] of references) {
    const note = missing(name);
    const compiler = spawnSync(name === 'C' ? 'gcc' : 'go', [name === 'C' ? '--version' : 'version']);
    assert.ok(program !== undefined || compiler.status !== 0, note);
  }
});

for (const [name, reference] of references) {
  const skip = !onLinux ? 'needs Linux' : reference === undefined && missing(name);
  const program = reference ?? netdebug;

  test(
    `${name}: its client and ours talk to its server and ours, and write the same lines`,
    { skip },
    async (t) => {
      for (const [client, server] of [
        [program, program],
        [program, netdebug],
        [netdebug, program],
      ] as const) {
        const port = await serve(t, server);
        const lines = await linesOf(t, client.client(port, 3, 50), 30);
        const messages = lines.map((line) => {
          assert.match(line, /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /);
          return line.slice(20);
        });
        const connected = `Connected to server at: 127.0.0.1:${port}`;
        assert.deepEqual([...new Set(messages)].toSorted(), [connected, answer].toSorted());
        assert.equal(messages.filter((message) => message === connected).length, 3);
      }
    },
  );

  test(
    `${name}: an answer in pieces is one, another one is quoted, and a line unasked is no answer`,
    { skip },
    async (t) => {
      for (const client of [netdebug, program]) {
        let questions = 0;
        const port = await answering(t, (socket, question) => {
          questions += 1;
          if (questions === 1) {
            socket.write('You s');
            setTimeout(() => socket.write(`aid: ${question}`), 20);
          } else if (questions === 2) socket.write('another\n');
          else {
            // No further question may come while this one has no answer: fifty are a period of 20 ms each.
            let pushes = 0;
            const pushing = setInterval(() => {
              socket.write('Server says: still here\n');
              if ((pushes += 1) === 50) clearInterval(pushing);
            }, 20);
            t.after(() => clearInterval(pushing));
          }
        });
        const lines = await linesOf(t, client.client(port, 1, 20), 53);
        assert.deepEqual(
          lines.map((line) => line.slice(20)),
          [
            `Connected to server at: 127.0.0.1:${port}`,
            answer,
            'Response from server: "another"',
            ...Array.from({ length: 50 }, () => 'Response from server: "Server says: still here"'),
          ],
          client.name,
        );
        assert.equal(questions, 3, client.name);
      }
    },
  );

  test(`${name}: its server puts lines that came in pieces together`, { skip }, async (t) => {
    for (const server of [netdebug, program]) {
      const socket = await dial(t, await serve(t, server));
      socket.write('one\ntw');
      socket.write('o\n');
      socket.write(`${'x'.repeat(5_000)}\n`);
      const expected = `You said: one\nYou said: two\nYou said: ${'x'.repeat(5_000)}\n`;
      let text = '';
      while (text.length < expected.length) text += String((await once(socket, 'data'))[0]);
      assert.equal(text, expected, server.name);
    }
  });

  const traced = { skip: skip || (!strace && 'needs strace (Debian: apt-get install strace)') };

  test(`${name}: its sockets have our options, on both sides`, traced, async (t) => {
    const common = [
      'AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK',
      'SOL_SOCKET, SO_KEEPALIVE, [1], 4',
      'SOL_TCP, TCP_KEEPCNT, [9], 4',
      'SOL_TCP, TCP_KEEPIDLE, [15], 4',
      'SOL_TCP, TCP_KEEPINTVL, [15], 4',
      'SOL_TCP, TCP_NODELAY, [1], 4',
    ];
    const served = ['accepted SOCK_CLOEXEC|SOCK_NONBLOCK', 'backlog 4096'];
    for (const one of [netdebug, program]) {
      assert.deepEqual(await clientOptions(t, one), common, one.name);
      assert.deepEqual(await serverOptions(t, one), [...common, ...served].toSorted(), one.name);
    }
  });

  test(`${name}: it sends what is due within 5 ms together, as ours does`, traced, async (t) => {
    for (const client of [netdebug, program]) {
      const size = await batchSize(t, client);
      // Five are due in each grain; a loaded machine may tear some asunder.
      assert.ok(size >= 2.5, `${client.name}: ${size.toFixed(1)} probes at a time`);
    }
  });

  test(`${name}: it can be measured as client and as server`, { skip }, async () => {
    const load = { connections: 200, periodMs: 200, windowMs: 500 };
    const costs = await costOf(program, program, load);
    for (const { nanosPerProbe, idleMib } of [costs.client, costs.server]) {
      assert.ok(nanosPerProbe > 500 && Number.isFinite(nanosPerProbe), String(nanosPerProbe));
      assert.ok(idleMib > 0);
    }
  });
}

test(
  'a small run of the whole comparison ends well and leaves the page alone',
  { skip: !onLinux && 'needs Linux' },
  () => {
    const root = resolve(import.meta.dirname, '../..');
    const document = join(root, 'docs/performance.md');
    const before = readFileSync(document, 'utf8');
    const words = ['bench/probing.ts', '--quick', '--seconds', '0.5', '--parts', 'cost,start-up', '--json'];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const { sections } = JSON.parse(stdout) as {
      sections: { figures: { name: string; values: number[] }[] }[];
    };
    const names = sections.flatMap(({ figures }) => figures.map(({ name }) => name));
    for (const [name, program] of references) {
      if (program === undefined) continue;
      for (const side of ['client', 'server']) assert.ok(names.includes(`${side}, CPU per probe, × ${name}`));
    }
    for (const { name, values } of sections.flatMap(({ figures }) => figures))
      assert.ok(values.length === 1 && Number.isFinite(values[0]), name);
    assert.equal(readFileSync(document, 'utf8'), before);
  },
);

/** Starts the server, and resolves with its port when it listens. */
async function serve(t: TestContext, server: Contender): Promise<number> {
  const port = freshPort();
  const [program = '', ...words] = server.server(port);
  const child = spawn(program, words, { stdio: 'ignore' });
  endWith(t, child);
  while (countListeners(port) === 0) {
    assert.equal(child.exitCode, null, `${server.name} ended`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return port;
}

/** A server that hands each question over, with its newline. */
async function answering(t: TestContext, say: (socket: Socket, question: string) => void): Promise<number> {
  const open: Socket[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    open.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (question) => say(socket, question.toString()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function dial(t: TestContext, port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** The first so many lines that the program writes to stderr; it is ended then. */
async function linesOf(t: TestContext, command: readonly string[], wanted: number): Promise<string[]> {
  const [program = '', ...words] = command;
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  endWith(t, child);
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    if (lines.length === wanted) break;
  }
  child.kill();
  assert.equal(lines.length, wanted, `${program} ended early: ${lines.slice(-3).join('\n')}`);
  return lines;
}

function endWith(t: TestContext, child: ChildProcess): void {
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  });
}

async function clientOptions(t: TestContext, client: Contender): Promise<string[]> {
  const port = await serve(t, netdebug);
  const { see, found } = collectOptions();
  await trace(client.client(port, 1, 100), 'socket,connect,setsockopt,write', (line) => {
    see(line);
    return line.includes('"Soy todo');
  });
  return [...found].toSorted();
}

async function serverOptions(t: TestContext, server: Contender): Promise<string[]> {
  const port = freshPort();
  const { see, found } = collectOptions();
  const asking = setInterval(() => {
    if (countListeners(port) === 0) return;
    clearInterval(asking);
    void dial(t, port).then((socket) => socket.write('hello\n'));
  }, 50);
  t.after(() => clearInterval(asking));
  await trace(server.server(port), 'socket,setsockopt,write,listen,accept4', (line) => {
    see(line);
    return line.includes('"You said: ');
  });
  return [...found].toSorted();
}

/** A thousand connections with a probe a second: how many probes leave without a pause between them. */
async function batchSize(t: TestContext, client: Contender): Promise<number> {
  const port = await serve(t, netdebug);
  const sentAt: number[] = [];
  await trace(client.client(port, 1_000, 1_000), 'write', (line) => {
    const at = /([0-9]+\.[0-9]+) write\([0-9]+, "Soy todo/.exec(line)?.[1];
    if (at !== undefined) sentAt.push(Number(at) * 1_000);
    // The first thousand leave when their connections are made.
    return sentAt.length === 3_000;
  });
  const regular = sentAt.slice(1_200).toSorted((a, b) => a - b);
  // One a millisecond would be due without a grain.
  const pauses = regular.filter((at, place) => at - (regular[place - 1] ?? 0) > 0.7).length;
  return regular.length / pauses;
}
