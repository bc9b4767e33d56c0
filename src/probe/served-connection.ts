// One accepted connection: answers its lines in order, each within a deadline that covers reading it and writing its answer.
import type { Socket } from 'node:net';
import { printedAddress } from './address.ts';
import type { Admission } from './admission.ts';
import type { DeadlineOwner, Deadlines } from './deadlines.ts';
import {
  closedOnPurpose,
  deadlinePassed,
  endOfStream,
  failureOf,
  idleTooLong,
  lineTooLong,
  shuttingDown,
  type Failure,
} from './failure.ts';
import { streamErrorInGo } from './go-words.ts';
import { keepAlive } from './keep-alive.ts';
import { createLineReader, type LineReader } from './line-reader.ts';
import type { LineRoom } from './line-room.ts';
import type { SilentPeer, SilentPeers } from './silent-peers.ts';
import { moment, toMicroseconds, type Surroundings } from './surroundings.ts';
import { answerPrefix, newline, pushLine } from './wire.ts';

/** Answers to lines that arrive together leave together, up to about this many bytes. */
const batchBytes = 65_536;
/** Answers are put together here; the kernel has copied them when a write returns, unless it could not take them all. */
let scratch = Buffer.allocUnsafeSlow(batchBytes);

/** How the server ends a connection of its own accord: a FIN, a RST (linger 0), or a close that leaves input unread. */
export const closeWays = ['fin', 'reset', 'unread'] as const;
export type CloseWay = (typeof closeWays)[number];

/** Lines that the server says unasked; each begins with pushPrefix, so that no client takes it for an answer. */
export interface Announcements {
  readonly greeting?: Buffer;
  /** Before the FIN of a server that stops. */
  readonly farewell?: Buffer;
}

/** What the connections of one server have in common. */
export interface ServedSettings {
  /** Bytes. */
  readonly maxLine: number;
  /** For unfinished lines of all of them. Default: any. */
  readonly lineRoom?: LineRoom;
  readonly deadlines: Deadlines<ServedConnection>;
  /** Until the first line is answered; default: the same. */
  readonly firstDeadlines?: Deadlines<ServedConnection>;
  /** `deadlines` are those of an idle connection, which ends in order when one passes. Default: false. */
  readonly closesIdle?: boolean;
  /** Default: everybody may come and wait. */
  readonly guests?: Pick<Admission<ServedConnection>, 'asked' | 'mayWait' | 'waited'>;
  readonly surroundings: Surroundings;
  /** Default: fin. */
  readonly closeWith?: CloseWay;
  readonly announcements?: Announcements;
  /** Hears of lines that were answered. */
  readonly onAnswers?: (lines: number) => void;
  readonly silentPeers: SilentPeers<SilentPeer>;
  /** Called when the connection is over, for whatever reason. */
  readonly onEnd: (connection: ServedConnection) => void;
}

export interface ServedConnection extends DeadlineOwner {
  /** Its deadline has passed. */
  expire(): void;
  /** Says a line that nobody asked for, unless an answer is stuck. */
  push(): void;
  /** Ends it in the way that the settings say: with a RST at once, with a FIN after its next answer, or at the second call. */
  close(): void;
  /** The server stops: says goodbye with a FIN; resolves when the peer has closed too. */
  finish(): Promise<void>;
  /** Cuts short a finish that the peer does not answer. */
  abort(): void;
}

/** Serves an accepted socket (made with allowHalfOpen) until its first error, which is logged and reported. */
export function serveConnection(socket: Socket, settings: ServedSettings): ServedConnection {
  return new Served(socket, settings);
}

/** A class because a server holds thousands, and methods on a prototype take no memory for each of them. */
class Served implements ServedConnection, SilentPeer {
  expiresMs = 0;
  earlier: DeadlineOwner | null = null;
  later: DeadlineOwner | null = null;

  readonly #socket: Socket;
  readonly #settings: ServedSettings;
  readonly #acceptedMs: number;
  readonly #local: string;
  readonly #peer: string;
  readonly #reader: LineReader;
  #state: 'reading' | 'writing' | 'over' = 'reading';
  #peerEnded = false;
  #closing = false;
  #announced = false;
  #answers = 0;
  #answersUnderWay = 0;

  constructor(socket: Socket, settings: ServedSettings) {
    const { surroundings, deadlines, firstDeadlines = deadlines } = settings;
    this.#socket = socket;
    this.#settings = settings;
    this.#acceptedMs = surroundings.clock.monotonic();
    // Taken now, because a socket that was reset no longer knows them.
    this.#local = printedAddress(socket.localAddress, socket.localPort) ?? 'unknown';
    this.#peer = printedAddress(socket.remoteAddress, socket.remotePort) ?? 'unknown';
    this.#reader = createLineReader(settings.maxLine, settings.lineRoom);
    keepAlive(socket);
    firstDeadlines.renew(this);
    settings.silentPeers.accepted(this);
    surroundings.report?.({ event: 'accepted', ...this.#identity() });
    const greeting = settings.announcements?.greeting;
    if (greeting !== undefined) socket.write(greeting);

    socket.on('data', (chunk: Buffer) => {
      if (this.#state === 'over') return;
      this.announce();
      this.#reader.push(chunk);
      if (this.#state === 'reading') this.#answerLines();
    });
    socket.on('end', () => {
      this.#peerEnded = true;
      if (this.#state === 'reading') this.#answerLines();
    });
    socket.on('error', (error) => {
      const failure = failureOf(error);
      // Node may still read ahead while a write is stuck; the original sits in that write and hears of a reset there.
      this.#fail(this.#state === 'writing' ? { ...failure, syscall: 'write' } : failure);
    });
  }

  announce(): void {
    if (this.#announced) return;
    this.#announced = true;
    this.#settings.silentPeers.spoke(this);
    this.#settings.surroundings.log('Accepted a new connection');
  }

  expire(): void {
    if (this.#settings.closesIdle === true && this.#answers > 0 && this.#state === 'reading') {
      this.#closeIdle();
      return;
    }
    this.#fail(deadlinePassed(this.#state === 'writing' ? 'write' : 'read'), this.#settings.closeWith);
  }

  push(): void {
    if (this.#state === 'reading') this.#socket.write(pushLine);
  }

  close(): void {
    const { closeWith = 'fin' } = this.#settings;
    if (closeWith !== 'fin') this.#fail(closedOnPurpose, closeWith);
    // A question may be on its way at any time, but for just after an answer: a FIN now could cross it.
    else if (this.#closing) void this.#finish(closedOnPurpose);
    else this.#closing = true;
  }

  finish(): Promise<void> {
    return this.#finish(shuttingDown, this.#settings.announcements?.farewell);
  }

  abort(): void {
    this.#socket.destroy();
  }

  #identity() {
    const { surroundings } = this.#settings;
    return { ...moment(surroundings), role: 'server', local: this.#local, peer: this.#peer } as const;
  }

  /** Answers all lines that are here. Reads no further while the kernel has not taken an answer, like a blocking write. */
  #answerLines(): void {
    for (let answered = false; ; answered = true) {
      const { length, lines, tooLong } = this.#takeAnswers();
      if (lines === 0) {
        if (tooLong) this.#fail(lineTooLong);
        else if (this.#peerEnded) this.#fail(endOfStream);
        else if (answered && this.#closing) void this.#finish(closedOnPurpose);
        return;
      }
      this.#answersUnderWay = lines;
      const socket = this.#socket;
      // The callback closes over nothing but what lives as long as the connection.
      socket.write(scratch.subarray(0, length), (error) => this.#written(error));
      if (socket.writableLength > 0) {
        if (this.#settings.guests?.mayWait() === false) {
          this.#fail(closedOnPurpose, 'reset');
          return;
        }
        // The bytes must stay as they are until they are written; the next answer is put together elsewhere.
        scratch = Buffer.allocUnsafeSlow(batchBytes);
        this.#state = 'writing';
        socket.pause();
        return;
      }
      this.#countAnswers();
    }
  }

  /** Puts answers into the scratch buffer, as many lines as there are, up to about its size. */
  #takeAnswers(): { length: number; lines: number; tooLong: boolean } {
    let length = 0;
    let lines = 0;
    let line = this.#reader.next();
    while (line !== undefined && line !== 'too-long') {
      const end = length + answerPrefix.length + line.length + 1;
      if (end > scratch.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(end, 2 * scratch.length));
        scratch.copy(larger, 0, 0, length);
        scratch = larger;
      }
      answerPrefix.copy(scratch, length);
      line.copy(scratch, length + answerPrefix.length);
      scratch[end - 1] = newline;
      length = end;
      lines += 1;
      if (length >= batchBytes) break;
      line = this.#reader.next();
    }
    return { length, lines, tooLong: line === 'too-long' };
  }

  #written(error?: Error | null): void {
    // Also called, later, for writes that the kernel took at once; those are counted already. A failed one is told by 'error'.
    if (error || this.#state !== 'writing' || this.#socket.writableLength > 0) return;
    this.#state = 'reading';
    this.#settings.guests?.waited();
    this.#countAnswers();
    this.#socket.resume();
    this.#answerLines();
  }

  /** The answers are with the kernel, and a new line may take its full time. */
  #countAnswers(): void {
    const { deadlines, firstDeadlines = deadlines, guests, onAnswers } = this.#settings;
    if (this.#answers === 0) {
      firstDeadlines.clear(this);
      guests?.asked(this);
    }
    this.#answers += this.#answersUnderWay;
    onAnswers?.(this.#answersUnderWay);
    deadlines.renew(this);
  }

  #fail(failure: Failure, closeWith: CloseWay = 'fin'): void {
    if (this.#state === 'over') return;
    const silent = failure === endOfStream && !this.#announced;
    if (!silent) this.announce();
    this.#end(failure);
    if (closeWith === 'reset') this.#socket.resetAndDestroy();
    else this.#socket.destroy();
    if (silent) this.#settings.silentPeers.left(this, this.#peer);
    else this.#settings.surroundings.log(streamErrorInGo(failure, this.#local, this.#peer));
  }

  /**
   * As the servers of HTTP do it, which do not wait for the peer: a question that comes afterwards meets no socket. A FIN first, so
   * that one which has come unread at that moment makes no RST of it.
   */
  #closeIdle(): void {
    this.#end(idleTooLong);
    this.#socket.destroySoon();
    this.#settings.surroundings.log(streamErrorInGo(idleTooLong, this.#local, this.#peer));
  }

  #end(failure: Failure): void {
    const { surroundings, deadlines, firstDeadlines = deadlines, guests, onEnd } = this.#settings;
    if (this.#state === 'writing') guests?.waited();
    this.#state = 'over';
    this.#reader.drop();
    (this.#answers === 0 ? firstDeadlines : deadlines).clear(this);
    const livedMs = toMicroseconds(surroundings.clock.monotonic() - this.#acceptedMs);
    surroundings.report?.({
      event: 'ended',
      ...this.#identity(),
      ...failure,
      livedMs,
      answers: this.#answers,
    });
    onEnd(this);
  }

  #finish(why: Failure, lastWords?: Buffer): Promise<void> {
    if (this.#state === 'over') return Promise.resolve();
    this.announce();
    this.#end(why);
    const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    this.#socket.resume();
    if (lastWords === undefined) this.#socket.end();
    else this.#socket.end(lastWords);
    return closed;
  }
}
