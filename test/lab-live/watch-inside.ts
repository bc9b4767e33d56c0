// Runs inside a private world: starts `netdebug watch` several times at once, has a foreign server abort connections, and ends each watch as
// it is told.
//   watch-inside.ts ORDER      ORDER is JSON: WorldOrder
// Prints one line of JSON, a WatchedWorld.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { run, runChecked, type RunResult } from '../../src/system/process.ts';
import { until } from '../probe/recording.ts';
import { mainScript } from '../program.ts';
import { programsInWorld } from './programs-in-world.ts';

export interface WatchOrder {
  /** What it calls its node. */
  readonly node: string;
  readonly flags: readonly string[];
  /** `none` where it ends by itself; it begins when all others watch. One that is killed is so just before that. */
  readonly end: 'SIGTERM' | 'SIGINT' | 'SIGKILL' | 'none';
  /** It is not asked for what is lost here. */
  readonly isSilent?: boolean;
}

export interface WorldOrder {
  /** That are aborted. */
  readonly connections: number;
  readonly watches: readonly WatchOrder[];
  /** Whether `watch --since` asks them, while they watch and when all have ended. */
  readonly isAsked: boolean;
}

export interface WatchedOne {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface WatchedWorld {
  readonly watches: Readonly<Record<string, WatchedOne>>;
  /** What `watch --since` said while they watched, and when all had ended; null where nobody asked. */
  readonly asked: RunResult | null;
  readonly askedLater: RunResult | null;
  /** Sockets of watches: when one was killed, when another had begun since, and when all had ended. */
  readonly sockets: Readonly<Record<'killed' | 'begun' | 'ended', readonly string[]>>;
  /** Programs of ours that were left when all had ended. */
  readonly programs: readonly string[];
}

const { connections, watches, isAsked } = JSON.parse(process.argv[2] ?? '{}') as WorldOrder;
const port = 9_000;

function start({ node, flags, end, isSilent = false }: WatchOrder) {
  const child = spawn(process.execPath, [mainScript, 'watch', '--node', node, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const gone = once(child, 'close') as Promise<[number | null, string | null]>;
  let isGone = false;
  void gone.then(() => (isGone = true));
  const all = () => said.stdout + said.stderr;
  const check = (isTrue: boolean) => {
    if (!isTrue && isGone) throw new Error(`the watch "${node}" has ended: ${all()}`);
    return isTrue;
  };
  return {
    watches: () => until(`"${node}" watches`, () => check(/^watching /m.test(all()))),
    async tells(): Promise<void> {
      if (isSilent) return;
      const isTold = () => all().includes(`127.0.0.1:${port}`) || all().includes(`"port":${port}`);
      await until(`"${node}" tells of the loss`, () => check(isTold()));
    },
    async ended(): Promise<readonly [string, WatchedOne]> {
      if (end !== 'none') child.kill(end);
      const [exitCode, signal] = await gone;
      return [node, { exitCode, signal, ...said }];
    },
  };
}

const sockets = () => (existsSync('/run/netdebug') ? readdirSync('/run/netdebug') : []);
const ask = async (...flags: string[]) =>
  isAsked ? await run([process.execPath, mainScript, 'watch', '--since', '5m', ...flags]) : null;

await runChecked(['mount', '-t', 'tmpfs', 'tmpfs', '/run']);
await runChecked(['ip', 'link', 'set', 'lo', 'up']);
await runChecked(['iptables', '-A', 'INPUT', '-m', 'conntrack', '--ctstate', 'INVALID', '-j', 'DROP']);

// A program that is not ours: it answers each line, and aborts when it is told to.
const serve = `const net = require('node:net');
net.createServer((socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (data) => (String(data).includes('abort') ? socket.resetAndDestroy() : socket.write('answer\\n')));
}).listen(${port}, '127.0.0.1', () => console.log('ready'));`;
const server = spawn(process.execPath, ['-e', serve, 'server', 'secret=hunter2'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
await once(server.stdout, 'data');
// Its clients are connected before anybody watches, as connections that live long are.
const dial = `const net = require('node:net');
const sockets = Array.from({ length: ${connections} }, () => net.connect(${port}, '127.0.0.1'));
let [answered, left] = [0, sockets.length];
for (const socket of sockets) {
  socket.write('question\\n');
  socket.once('data', () => (answered += 1) === sockets.length && console.log('ready'));
  socket.on('error', () => (left -= 1) === 0 && process.exit(0));
}
process.stdin.on('data', () => sockets.forEach((socket) => socket.write('abort\\n')));`;
const client = spawn(process.execPath, ['-e', dial], { stdio: ['pipe', 'pipe', 'inherit'] });
await once(client.stdout, 'data');

const begin = async (ofThese: (order: WatchOrder) => boolean) => {
  const begun = watches.filter(ofThese).map(start);
  await Promise.all(begun.map((one) => one.watches()));
  return begun;
};
const endAll = (some: readonly ReturnType<typeof start>[]) => Promise.all(some.map((one) => one.ended()));
const isKilled = ({ end }: WatchOrder) => end === 'SIGKILL';
const isTimed = ({ end }: WatchOrder) => end === 'none';
const [victims, signalled] = await Promise.all([
  begin(isKilled),
  begin((order) => !isKilled(order) && !isTimed(order)),
]);
const killed = await endAll(victims);
const socketsKilled = sockets();
// Their time begins with them, and the loss has to fall into it.
const all = [...signalled, ...(await begin(isTimed))];
const socketsBegun = sockets();
client.stdin.write('abort\n');
await once(client, 'close');
await Promise.all(all.map((one) => one.tells()));
const asked = await ask('-o', 'json');
const ended = await endAll(all);
const serverGone = once(server, 'close');
server.kill('SIGKILL');
await serverGone;
await until('its programs are gone', () => programsInWorld().length === 0);
const world: WatchedWorld = {
  watches: Object.fromEntries([...killed, ...ended]),
  sockets: { killed: socketsKilled, begun: socketsBegun, ended: sockets() },
  programs: programsInWorld(),
  ...{ asked, askedLater: await ask() },
};
// What goes to a pipe is written later where it is much.
process.stdout.write(`${JSON.stringify(world)}\n`, () => process.exit(0));
