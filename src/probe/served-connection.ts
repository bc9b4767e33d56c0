// One accepted connection: answers its lines in order, each within a deadline that covers reading it and writing its answer.
import type { Socket } from 'node:net';
import { printedAddress } from './address.ts';
import type { Deadlines } from './deadlines.ts';
import {
  closedOnPurpose,
  deadlinePassed,
  endOfStream,
  failureOf,
  lineTooLong,
  shuttingDown,
} from './failure.ts';
import type { Failure } from './failure.ts';
import { streamErrorInGo } from './go-words.ts';
import { keepAlive } from './keep-alive.ts';
import { createLineReader } from './line-reader.ts';
import { moment, toMicroseconds } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';
import { answerPrefix, newline, pushLine } from './wire.ts';

/** Answers to lines that arrive together leave together, up to about this many bytes. */
const batchBytes = 65_536;
const lineEnd = Buffer.of(newline);

/** How the server ends a connection of its own accord: a FIN, a RST (linger 0), or a close that leaves input unread. */
export const closeWays = ['fin', 'reset', 'unread'] as const;
export type CloseWay = (typeof closeWays)[number];

/** What the connections of one server have in common. */
export interface ServedSettings {
  /** Bytes. */
  readonly maxLine: number;
  readonly deadlines: Deadlines<ServedConnection>;
  readonly surroundings: Surroundings;
  /** Default: fin. */
  readonly closeWith?: CloseWay;
  /** Called when the connection is over, for whatever reason. */
  readonly onEnd: (connection: ServedConnection) => void;
}

export interface ServedConnection {
  /** Its deadline has passed. */
  expire(): void;
  /** Says a line that nobody asked for, unless an answer is stuck. */
  push(): void;
  /** Ends it in the way that the settings say. */
  close(): void;
  /** The server stops: says goodbye with a FIN; resolves when the peer has closed too. */
  finish(): Promise<void>;
  /** Cuts short a finish that the peer does not answer. */
  abort(): void;
}

/** Serves an accepted socket (made with allowHalfOpen) until its first error, which is logged and reported. */
export function serveConnection(socket: Socket, settings: ServedSettings): ServedConnection {
  const { deadlines, surroundings } = settings;
  const { clock } = surroundings;
  const acceptedMs = clock.monotonic();
  // Taken now, because a socket that was reset no longer knows them.
  const local = printedAddress(socket.localAddress, socket.localPort) ?? 'unknown';
  const peer = printedAddress(socket.remoteAddress, socket.remotePort) ?? 'unknown';
  const reader = createLineReader(settings.maxLine);
  let state: 'reading' | 'writing' | 'over' = 'reading';
  let peerEnded = false;
  let answers = 0;
  let answersUnderWay = 0;

  const self: ServedConnection = {
    expire: () => fail(deadlinePassed(state === 'writing' ? 'write' : 'read'), settings.closeWith),
    push() {
      if (state === 'reading') socket.write(pushLine);
    },
    close,
    finish: () => finish(shuttingDown),
    abort: () => void socket.destroy(),
  };
  keepAlive(socket);
  deadlines.renew(self);
  surroundings.log('Accepted a new connection');
  surroundings.report({ event: 'accepted', ...identity() });

  socket.on('data', (chunk: Buffer) => {
    if (state === 'over') return;
    reader.push(chunk);
    if (state === 'reading') answerLines();
  });
  socket.on('end', () => {
    peerEnded = true;
    if (state === 'reading') answerLines();
  });
  socket.on('error', (error) => {
    const failure = failureOf(error);
    // Node may still read ahead while a write is stuck; the original sits in that write and hears of a reset there.
    fail(state === 'writing' ? { ...failure, syscall: 'write' } : failure);
  });
  return self;

  function identity() {
    return { ...moment(surroundings), role: 'server', local, peer } as const;
  }

  /** Answers all lines that are here. Reads no further while the kernel has not taken an answer, like a blocking write. */
  function answerLines(): void {
    for (;;) {
      const { bytes, lines, tooLong } = takeAnswers();
      if (lines === 0) {
        if (tooLong) fail(lineTooLong);
        else if (peerEnded) fail(endOfStream);
        return;
      }
      answersUnderWay = lines;
      socket.write(bytes, written);
      if (socket.writableLength > 0) {
        state = 'writing';
        socket.pause();
        return;
      }
      countAnswers();
    }
  }

  function takeAnswers(): { bytes: Buffer; lines: number; tooLong: boolean } {
    const parts: Buffer[] = [];
    let length = 0;
    let lines = 0;
    let line = reader.next();
    while (line !== undefined && line !== 'too-long') {
      parts.push(answerPrefix, line, lineEnd);
      length += answerPrefix.length + line.length + lineEnd.length;
      lines += 1;
      if (length >= batchBytes) break;
      line = reader.next();
    }
    return { bytes: Buffer.concat(parts, length), lines, tooLong: line === 'too-long' };
  }

  function written(error?: Error | null): void {
    // Also called, later, for writes that the kernel took at once; those are counted already. A failed one is told by 'error'.
    if (error || state !== 'writing' || socket.writableLength > 0) return;
    state = 'reading';
    countAnswers();
    socket.resume();
    answerLines();
  }

  /** The answers are with the kernel, and a new line may take its full time. */
  function countAnswers(): void {
    answers += answersUnderWay;
    deadlines.renew(self);
  }

  function fail(failure: Failure, closeWith: CloseWay = 'fin'): void {
    if (state === 'over') return;
    end(failure);
    if (closeWith === 'reset') socket.resetAndDestroy();
    else socket.destroy();
    surroundings.log(streamErrorInGo(failure, local, peer));
  }

  function end(failure: Failure): void {
    state = 'over';
    deadlines.clear(self);
    const livedMs = toMicroseconds(clock.monotonic() - acceptedMs);
    surroundings.report({ event: 'ended', ...identity(), ...failure, livedMs, answers });
    settings.onEnd(self);
  }

  function close(): void {
    const { closeWith = 'fin' } = settings;
    if (closeWith === 'fin') void finish(closedOnPurpose);
    else fail(closedOnPurpose, closeWith);
  }

  function finish(why: Failure): Promise<void> {
    if (state === 'over') return Promise.resolve();
    end(why);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.resume();
    socket.end();
    return closed;
  }
}
