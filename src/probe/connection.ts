// One connection of the client from dialling to its end: a small state machine over a socket that reports what happens to it.
import { formatMicros, type Micros } from '../model/clock.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import type { Phase } from '../model/probe-event.ts';
import { printedAddress } from './address.ts';
import type { Connection, ConnectionNumbers, ConnectionSettings } from './connection-settings.ts';
import type { DeadlineOwner, Deadlines } from './deadlines.ts';
import {
  abortedOnPurpose,
  addressOf,
  deadlinePassed,
  endOfStream,
  failureOf,
  isPortTaken,
  lineTooLong,
  type Failure,
} from './failure.ts';
import { dialErrorInGo, streamErrorInGo } from './go-words.ts';
import { keepAlive } from './keep-alive.ts';
import { LateSocket } from './late-socket.ts';
import { createLineReader, type LineReader } from './line-reader.ts';
import { responseText } from './response-text.ts';
import type { CloseWay } from './served-connection.ts';
import type { Source } from './source-ports.ts';
import { moment, toMicroseconds } from './surroundings.ts';
import { pushPrefix } from './wire.ts';

/** Go gives each of a name's addresses at least this long before it tries the next. */
const perAddressMs = 2_000;

/**
 * Dials at once. `connection` and `slot` number it in its events; `source` is the local end, else the kernel chooses.
 * Never throws: a failure is an event.
 */
export function openConnection(
  settings: ConnectionSettings,
  numbers: ConnectionNumbers,
  source?: Source,
): Connection {
  return new Dialled(settings, numbers, source);
}

/** A class because a fleet holds thousands, and methods on a prototype take no memory for each of them. */
class Dialled implements Connection {
  expiresMs = 0;
  earlier: DeadlineOwner | null = null;
  later: DeadlineOwner | null = null;

  readonly #settings: ConnectionSettings;
  readonly #connection: number;
  readonly #slot: number;
  #slotAnswered: boolean;
  readonly #reader: LineReader;
  readonly #socket: LateSocket;
  /** Those that it stands in. */
  #deadlines: Deadlines<Connection>;
  #phase: Phase | 'over' = 'connecting';
  #local: string | null = null;
  #remote: string;
  #lookedUp = false;
  #startedMs: number;
  #sentMs = 0;
  #idleSinceMs = 0;
  #lateMs = 0;
  #answers = 0;
  #closing = false;
  #lastGoodAt: Micros | null = null;

  constructor(settings: ConnectionSettings, numbers: ConnectionNumbers, source: Source | undefined) {
    const { target } = settings;
    this.#settings = settings;
    this.#connection = numbers.connection;
    this.#slot = numbers.slot;
    this.#slotAnswered = numbers.slotAnswered;
    this.#reader = createLineReader(settings.maxLine);
    this.#remote = formatEndpoint(target);
    this.#startedMs = settings.surroundings.clock.monotonic();
    const onread = {
      buffer: settings.input,
      callback: (length: number) => {
        this.#received(settings.input.subarray(0, length));
        return true;
      },
    };
    const socket = new LateSocket({ onread, noDelay: true }, settings.burst, (error) => this.#broken(error));
    this.#socket = socket;
    this.#deadlines = settings.connectDeadlines ?? settings.deadlines;
    this.#deadlines.renew(this);
    socket.on('connectionAttempt', (address, port) => {
      this.#lookedUp = true;
      this.#remote = printedAddress(address, port) ?? this.#remote;
      // The kernel gives a port as the SYN leaves, and takes it back when that is refused.
      process.nextTick(() => {
        if (this.#phase === 'connecting')
          this.#local = printedAddress(socket.localAddress, socket.localPort) ?? null;
      });
    });
    socket.on('connect', () => this.#established());
    // A socket that is only waited on is read all the same, so a reset or a close shows the moment it arrives.
    socket.on('end', () => this.#fail(endOfStream));
    socket.connect({
      host: target.address,
      port: target.port,
      lookup: settings.lookup,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: perAddressMs,
      ...(source === undefined ? {} : { localAddress: source.address, localPort: source.port }),
    });
  }

  isIdle(): boolean {
    return this.#phase === 'idle';
  }

  idleForMs(): number {
    return this.isIdle() ? this.#settings.surroundings.clock.monotonic() - this.#idleSinceMs : 0;
  }

  send(dueMs: number): void {
    const { surroundings, books, question } = this.#settings;
    this.#phase = 'awaiting';
    this.#sentMs = surroundings.clock.monotonic();
    this.#lateMs = this.#sentMs - dueMs;
    books.sent += 1;
    this.#deadlines.renew(this);
    this.#socket.write(question);
  }

  expire(): void {
    this.#fail(deadlinePassed(this.#waitedFor()));
  }

  close(way: CloseWay): void {
    if (this.#phase === 'connecting' || this.#phase === 'over') return;
    if (way !== 'fin') this.#fail(abortedOnPurpose, way);
    else if (this.#phase === 'idle') this.#closeInOrder();
    else this.#closing = true;
  }

  #closeInOrder(): void {
    const lived = this.#lifetime();
    void this.finish();
    this.#settings.owner.closed(this.#slot, lived, this.#slotAnswered);
  }

  finish(): Promise<void> {
    if (this.#phase === 'over') return Promise.resolve();
    const { surroundings, books } = this.#settings;
    const wasConnected = this.#phase !== 'connecting';
    if (this.#phase === 'awaiting') books.cutOff += 1;
    if (wasConnected) {
      books.finished += 1;
      surroundings.report?.({ event: 'finished', ...this.#identity(), ...this.#lifetime() });
    } else books.abandoned += 1;
    this.#phase = 'over';
    this.#deadlines.clear(this);
    const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    // A FIN first, then wait for the peer's: a close with an answer still on its way would send the server a RST.
    if (wasConnected) this.#socket.end();
    else this.#socket.destroy();
    return closed;
  }

  abort(): void {
    this.#socket.destroy();
  }

  #identity() {
    const { surroundings, className } = this.#settings;
    return {
      ...moment(surroundings),
      role: 'client',
      class: className,
      connection: this.#connection,
      slot: this.#slot,
      local: this.#local,
      remote: this.#remote,
    } as const;
  }

  #lifetime() {
    const livedMs =
      this.#phase === 'connecting'
        ? 0
        : toMicroseconds(this.#settings.surroundings.clock.monotonic() - this.#startedMs);
    return { livedMs, answers: this.#answers };
  }

  #established(): void {
    if (this.#phase !== 'connecting') return;
    const { surroundings, deadlines, target, books, owner, quiet, keepAliveMs } = this.#settings;
    const socket = this.#socket;
    const now = surroundings.clock.monotonic();
    const connectMs = toMicroseconds(now - this.#startedMs);
    this.#startedMs = now;
    this.#phase = 'idle';
    this.#idleSinceMs = now;
    books.connected += 1;
    this.#deadlines.clear(this);
    this.#deadlines = deadlines;
    keepAlive(socket, keepAliveMs);
    this.#local = printedAddress(socket.localAddress, socket.localPort) ?? null;
    this.#remote = printedAddress(socket.remoteAddress, socket.remotePort) ?? this.#remote;
    this.#lastGoodAt = surroundings.clock.now();
    if (!quiet) surroundings.log(`Connected to server at: ${formatEndpoint(target)}`);
    surroundings.report?.({ event: 'connected', ...this.#identity(), connectMs });
    owner.connected(this.#slot);
  }

  #received(chunk: Buffer): void {
    if (this.#phase === 'over') return;
    this.#reader.push(chunk);
    for (let line = this.#reader.next(); line !== undefined; line = this.#reader.next()) {
      if (line === 'too-long') {
        this.#fail(lineTooLong);
        return;
      }
      this.#answered(line);
      if (this.#isOver()) return;
    }
  }

  #isOver(): boolean {
    return this.#phase === 'over';
  }

  #answered(line: Buffer): void {
    const { surroundings, books, quiet } = this.#settings;
    if (!quiet) surroundings.log(responseText(line), 'soon');
    // A line that nobody asked for is printed, as the original would, but is no answer.
    if (this.#phase !== 'awaiting' || line.subarray(0, pushPrefix.length).equals(pushPrefix)) {
      books.unasked += 1;
      return;
    }
    const { clock } = surroundings;
    const latencyMs = clock.monotonic() - this.#sentMs;
    this.#phase = 'idle';
    this.#idleSinceMs = this.#sentMs + latencyMs;
    this.#answers += 1;
    this.#slotAnswered = true;
    books.answered += 1;
    this.#deadlines.clear(this);
    this.#lastGoodAt = clock.now();
    surroundings.report?.({
      event: 'answered',
      ...this.#identity(),
      latencyMs: toMicroseconds(latencyMs),
      lateMs: toMicroseconds(this.#lateMs),
      answers: this.#answers,
    });
    if (this.#closing) this.#closeInOrder();
  }

  #broken(error: Error): void {
    if (this.#phase === 'connecting') {
      const { owner, target } = this.#settings;
      if (isPortTaken(error) && owner.portTaken(this.#slot)) {
        this.#phase = 'over';
        this.#deadlines.clear(this);
        return;
      }
      this.#remote = printedAddress(addressOf(error), target.port) ?? this.#remote;
    }
    this.#fail(failureOf(error));
  }

  #waitedFor(): 'getaddrinfo' | 'connect' | 'read' {
    if (this.#phase !== 'connecting') return 'read';
    return this.#lookedUp ? 'connect' : 'getaddrinfo';
  }

  #fail(failure: Failure, way?: CloseWay): void {
    if (this.#phase === 'over') return;
    const { surroundings, target, books, owner, burst } = this.#settings;
    const failedPhase = this.#phase;
    const waited =
      failedPhase === 'awaiting'
        ? { waitedMs: toMicroseconds(surroundings.clock.monotonic() - this.#sentMs) }
        : {};
    const lived = this.#lifetime();
    this.#phase = 'over';
    books.failed[failedPhase] += 1;
    this.#deadlines.clear(this);
    surroundings.report?.({
      event: 'failed',
      ...this.#identity(),
      ...failure,
      phase: failedPhase,
      ...lived,
      lastGoodAt: this.#lastGoodAt === null ? null : formatMicros(this.#lastGoodAt),
      ...waited,
      slotAnswered: this.#slotAnswered,
    });
    if (failedPhase === 'connecting')
      surroundings.log(`Error connecting to server: ${dialErrorInGo(failure, target.address, this.#remote)}`);
    // At once: what is unread now may have been read in the next turn.
    if (way === 'reset') this.#socket.resetAndDestroy();
    else if (way !== undefined) this.#socket.destroy();
    burst.add(() => {
      this.#socket.destroy();
      if (failedPhase !== 'connecting')
        surroundings.log(streamErrorInGo(failure, this.#local ?? 'unknown', this.#remote));
    });
    owner.lost(this.#slot, failedPhase === 'connecting' ? null : lived, this.#slotAnswered);
  }
}
