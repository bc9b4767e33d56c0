// Runs commands inside a living world for another terminal: a socket in the world's own /run, reached through /proc/PID/root,
// so that nothing lies about on the host and only those may enter who may look at the process anyway.
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { startPiped } from '../../system/process.ts';
import { shellQuote } from '../../system/shell-quote.ts';
import { splitLines } from '../../system/split-lines.ts';
import { inNetns } from '../../system/tools/ip-netns.ts';
import { findTool } from '../../system/find-tool.ts';

const socketPath = '/run/netdebug/exec.sock';

export interface ShellRequest {
  readonly where: string;
  readonly argv: readonly string[];
  /** The size of the caller's terminal; null when its stdin is none. */
  readonly terminal: { readonly columns: number; readonly rows: number; readonly type: string } | null;
}

type FromCaller = ShellRequest | { readonly stdin: string } | { readonly end: true };
type ToCaller =
  | { readonly stdout: string }
  | { readonly stderr: string }
  | { readonly exit: number }
  | { readonly unknownWhere: readonly string[] };

/** How a command in the world ended, or that there is no such place in it. */
export type ShellResult = { readonly exit: number } | { readonly unknownWhere: readonly string[] };

/** Offers the world's namespaces to `lab exec` until this process ends. `places` are the allowed values of WHERE. */
export async function serveShell(places: readonly string[]): Promise<void> {
  await mkdir('/run/netdebug', { mode: 0o700 });
  const server = createServer((socket) => serveCaller(socket, places));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(socketPath, resolve);
  });
  server.unref();
}

function serveCaller(socket: Socket, places: readonly string[]): void {
  let child: ReturnType<typeof startPiped> | undefined;
  const send = (message: ToCaller) => socket.write(`${JSON.stringify(message)}\n`);
  socket.unref();
  socket.on('error', () => undefined);
  socket.on('close', () => child?.kill('SIGHUP'));
  const obey = (line: string) => {
    const message = JSON.parse(line) as FromCaller;
    if ('stdin' in message) child?.stdin.write(Buffer.from(message.stdin, 'base64'));
    else if ('end' in message) child?.stdin.end();
    else if (!places.includes(message.where)) send({ unknownWhere: places });
    else {
      const { terminal } = message;
      child = startPiped(commandFor(message), terminal === null ? {} : { TERM: terminal.type });
      // A command that goes on must not keep a world alive whose run has ended: it ends with the world.
      child.unref();
      for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as Socket).unref();
      child.stdin.on('error', () => undefined);
      child.stdout.on('data', (data: Buffer) => send({ stdout: data.toString('base64') }));
      child.stderr.on('data', (data: Buffer) => send({ stderr: data.toString('base64') }));
      child.on('error', () => send({ exit: 127 }));
      child.on('close', (code) => send({ exit: code ?? 129 }));
    }
  };
  socket.on('data', splitLines(obey));
}

/** With a terminal, util-linux's script gives the command one of its own; without script it runs on plain pipes. */
function commandFor({ where, argv, terminal }: ShellRequest): string[] {
  const command = inNetns(where, argv);
  if (terminal === null || findTool('script') === undefined) return command;
  const size = `stty cols ${terminal.columns} rows ${terminal.rows}`;
  return ['script', '--quiet', '--return', '--command', `${size}; ${shellQuote(command)}`, '/dev/null'];
}

/** Host PIDs of the worlds whose first process was started with all of `marks` among its words. */
export async function findWorlds(marks: readonly string[]): Promise<number[]> {
  const worlds: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^[0-9]+$/.test(entry)) continue;
    try {
      const words = (await readFile(`/proc/${entry}/cmdline`, 'utf8')).split('\0');
      const isInner = !words.some((word) => word.endsWith('unshare'));
      if (isInner && marks.every((mark) => words.includes(mark))) worlds.push(Number(entry));
    } catch {
      // It ended while we looked, or it is not ours to look at.
    }
  }
  return worlds.sort((a, b) => a - b);
}

export interface CallerStreams {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** Runs a command inside the world of process `pid`, on the given streams. Rejects when the world cannot be reached. */
export async function callShell(
  pid: number,
  request: ShellRequest,
  streams: CallerStreams,
): Promise<ShellResult> {
  const socket = connect(`/proc/${pid}/root${socketPath}`);
  const send = (message: FromCaller) => socket.write(`${JSON.stringify(message)}\n`);
  const onData = (data: Buffer) => send({ stdin: data.toString('base64') });
  const onEnd = () => send({ end: true });
  try {
    return await new Promise<ShellResult>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', () => resolve({ exit: 129 }));
      // Whoever reads our output (`| head`) may have gone; then the command in the world is not wanted any more.
      streams.stdout.on('error', () => socket.destroy());
      const hear = (line: string) => {
        const message = JSON.parse(line) as ToCaller;
        if ('stdout' in message) streams.stdout.write(Buffer.from(message.stdout, 'base64'));
        else if ('stderr' in message) streams.stderr.write(Buffer.from(message.stderr, 'base64'));
        else resolve(message);
      };
      socket.on('data', splitLines(hear));
      send(request);
      streams.stdin.on('data', onData);
      streams.stdin.on('end', onEnd);
    });
  } finally {
    streams.stdin.off('data', onData);
    streams.stdin.off('end', onEnd);
    socket.destroy();
  }
}
