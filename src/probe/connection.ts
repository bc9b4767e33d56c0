// One connection of the client from dialling to its end: a small state machine over a socket that reports what happens to it.
import { connect } from 'node:net';
import type { LookupFunction } from 'node:net';
import { formatMicros } from '../model/clock.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { Phase } from '../model/probe-event.ts';
import { printedAddress } from './address.ts';
import type { Deadlines } from './deadlines.ts';
import { addressOf, deadlinePassed, endOfStream, failureOf, lineTooLong } from './failure.ts';
import type { Failure } from './failure.ts';
import { goQuote } from './go-quote.ts';
import { dialErrorInGo, streamErrorInGo } from './go-words.ts';
import { keepAlive } from './keep-alive.ts';
import { createLineReader } from './line-reader.ts';
import { moment, toMicroseconds } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';
import { pushPrefix, question } from './wire.ts';

/** Go gives each of a name's addresses at least this long before it tries the next. */
const perAddressMs = 2_000;

/** What the connections of one fleet have in common. */
export interface ConnectionSettings {
  readonly target: Endpoint;
  readonly className: string;
  /** Bytes. */
  readonly maxLine: number;
  readonly lookup: LookupFunction;
  readonly deadlines: Deadlines<Connection>;
  readonly surroundings: Surroundings;
}

/** Whoever opened the connection and decides what comes next. */
export interface ConnectionOwner {
  connected(): void;
  /** The connection failed; its event is out already. */
  lost(wasConnected: boolean): void;
}

export interface Connection {
  /** Connected, and no answer is outstanding. */
  isIdle(): boolean;
  /** Sends a probe that was due at this monotonic millisecond. Only while idle. */
  send(dueMs: number): void;
  /** Its deadline has passed. */
  expire(): void;
  /** Ends it in an orderly way, without a failure; resolves when both sides have closed. */
  finish(): Promise<void>;
  /** Cuts short a finish that the peer does not answer. */
  abort(): void;
}

/** Dials at once. `connection` and `slot` number it in its events. Never throws: a failure is an event. */
export function openConnection(
  settings: ConnectionSettings,
  numbers: { readonly connection: number; readonly slot: number },
  owner: ConnectionOwner,
): Connection {
  const { target, deadlines, surroundings } = settings;
  const { clock } = surroundings;
  const reader = createLineReader(settings.maxLine);
  let phase: Phase | 'over' = 'connecting';
  let local: string | null = null;
  let remote = formatEndpoint(target);
  let lookedUp = false;
  let startedMs = clock.monotonic();
  let sentMs = 0;
  let lateMs = 0;
  let answers = 0;
  let lastGoodAt: string | null = null;

  const socket = connect({
    host: target.address,
    port: target.port,
    lookup: settings.lookup,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: perAddressMs,
    noDelay: true,
  });
  const self: Connection = {
    isIdle: () => phase === 'idle',
    send,
    expire: () => fail(deadlinePassed(waitedFor())),
    finish,
    abort: () => void socket.destroy(),
  };
  deadlines.renew(self);

  socket.on('connectionAttempt', (address, port) => {
    lookedUp = true;
    remote = printedAddress(address, port) ?? remote;
  });
  socket.on('connect', established);
  socket.on('data', received);
  // A socket that is only waited on is read all the same, so a reset or a close shows the moment it arrives.
  socket.on('end', () => fail(endOfStream));
  socket.on('error', (error) => {
    if (phase === 'connecting') remote = printedAddress(addressOf(error), target.port) ?? remote;
    fail(failureOf(error));
  });
  return self;

  function identity() {
    const { connection, slot } = numbers;
    return {
      ...moment(surroundings),
      role: 'client',
      class: settings.className,
      connection,
      slot,
      local,
      remote,
    } as const;
  }

  function lifetime() {
    const livedMs = phase === 'connecting' ? 0 : toMicroseconds(clock.monotonic() - startedMs);
    return { livedMs, answers };
  }

  function established(): void {
    if (phase !== 'connecting') return;
    const now = clock.monotonic();
    const connectMs = toMicroseconds(now - startedMs);
    startedMs = now;
    phase = 'idle';
    deadlines.clear(self);
    keepAlive(socket);
    local = printedAddress(socket.localAddress, socket.localPort) ?? null;
    remote = printedAddress(socket.remoteAddress, socket.remotePort) ?? remote;
    lastGoodAt = formatMicros(clock.now());
    surroundings.log(`Connected to server at: ${formatEndpoint(target)}`);
    surroundings.report({ event: 'connected', ...identity(), connectMs });
    owner.connected();
  }

  function send(dueMs: number): void {
    phase = 'awaiting';
    sentMs = clock.monotonic();
    lateMs = toMicroseconds(sentMs - dueMs);
    deadlines.renew(self);
    socket.write(question);
  }

  function received(chunk: Buffer): void {
    if (phase === 'over') return;
    reader.push(chunk);
    for (let line = reader.next(); line !== undefined; line = reader.next()) {
      if (line === 'too-long') {
        fail(lineTooLong);
        return;
      }
      answered(line);
    }
  }

  function answered(line: Buffer): void {
    surroundings.log(`Response from server: ${goQuote(line)}`);
    // A line that nobody asked for is printed, as the original would, but is no answer.
    if (phase !== 'awaiting' || line.subarray(0, pushPrefix.length).equals(pushPrefix)) return;
    const latencyMs = toMicroseconds(clock.monotonic() - sentMs);
    phase = 'idle';
    answers += 1;
    deadlines.clear(self);
    lastGoodAt = formatMicros(clock.now());
    surroundings.report({ event: 'answered', ...identity(), latencyMs, lateMs, answers });
  }

  function waitedFor(): 'getaddrinfo' | 'connect' | 'read' {
    if (phase !== 'connecting') return 'read';
    return lookedUp ? 'connect' : 'getaddrinfo';
  }

  function fail(failure: Failure): void {
    if (phase === 'over') return;
    const failedPhase = phase;
    const lived = lifetime();
    phase = 'over';
    deadlines.clear(self);
    socket.destroy();
    surroundings.log(
      failedPhase === 'connecting'
        ? `Error connecting to server: ${dialErrorInGo(failure, target.address, remote)}`
        : streamErrorInGo(failure, local ?? 'unknown', remote),
    );
    surroundings.report({
      event: 'failed',
      ...identity(),
      ...failure,
      phase: failedPhase,
      ...lived,
      lastGoodAt,
    });
    owner.lost(failedPhase !== 'connecting');
  }

  function finish(): Promise<void> {
    if (phase === 'over') return Promise.resolve();
    const wasConnected = phase !== 'connecting';
    if (wasConnected) surroundings.report({ event: 'finished', ...identity(), ...lifetime() });
    phase = 'over';
    deadlines.clear(self);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    // A FIN first, then wait for the peer's: a close with an answer still on its way would send the server a RST.
    if (wasConnected) socket.end();
    else socket.destroy();
    return closed;
  }
}
