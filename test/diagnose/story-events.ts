// Events of one small world, written by hand after what a real run recorded, for the tests of the diagnosis.
import { formatMicros } from '../../src/model/clock.ts';
import type { NodeEvent, PacketEvent, Tuple } from '../../src/model/node-event.ts';
import type { ProbeEvent } from '../../src/model/probe-event.ts';

const epoch = Date.UTC(2026, 10, 23, 6, 41, 40) * 1_000;
/** Seconds after the beginning, as a time stamp. */
export const at = (seconds: number) => formatMicros(epoch + Math.round(seconds * 1e6));

export const client = '10.1.0.33';
export const service = '10.2.0.50';
export const server = '10.1.0.10';

interface Flow {
  readonly port: number;
  readonly connectedAt: number;
  readonly lastGoodAt: number;
  readonly resetAt: number;
  readonly className?: string;
  readonly connection?: number;
}

/** A connection that was answered until `lastGoodAt` and was reset at `resetAt` while it awaited an answer. */
export function resetConnection({
  port,
  connectedAt,
  lastGoodAt,
  resetAt,
  className = 'co-located',
  connection = port,
}: Flow): ProbeEvent[] {
  const base = {
    role: 'client',
    class: className,
    connection,
    slot: 0,
    local: `${client}:${port}`,
    remote: `${service}:8080`,
    loopDelayMs: 0.2,
  } as const;
  return [
    { event: 'connected', ...base, at: at(connectedAt), connectMs: 0.5 },
    { event: 'answered', ...base, at: at(lastGoodAt), latencyMs: 0.5, lateMs: 0.1, answers: 3 },
    {
      event: 'failed',
      ...base,
      at: at(resetAt),
      failure: 'reset',
      errno: 'ECONNRESET',
      syscall: 'read',
      phase: 'awaiting',
      livedMs: (resetAt - connectedAt) * 1_000,
      answers: 3,
      lastGoodAt: at(lastGoodAt),
    },
  ];
}

/** The server accepted the client with the port that it saw. */
export function accepted(seconds: number, port: number): ProbeEvent {
  return {
    event: 'accepted',
    role: 'server',
    at: at(seconds),
    loopDelayMs: 0,
    local: `${server}:8080`,
    peer: `${client}:${port}`,
  };
}

export function rule(seconds: number, change: 'added' | 'deleted', node = 'node-1'): NodeEvent {
  return {
    event: 'rule-changed',
    at: at(seconds),
    node,
    source: 'ip-monitor',
    text: `${change === 'deleted' ? 'Deleted ' : ''}30003: not from all iif eth0 lookup 1`,
    file: `evidence/${node}/ip-monitor.log`,
    change,
    preference: 30_003,
    selector: 'not from all iif eth0',
    table: '1',
  };
}

type Change = 'new' | 'listed' | 'update' | 'destroy';

/** The entry of the client's own packets: client → service, answered by the server to the client's port. */
export function firstEntry(
  seconds: number,
  port: number,
  change: Change = 'new',
  more: Partial<ConntrackFields> = {},
  leavesAs = port,
): NodeEvent {
  return conntrack(
    seconds,
    change,
    tuple(client, port, service, 8_080),
    tuple(server, 8_080, client, leavesAs),
    more,
  );
}

/** The entry of the second crossing: client → server, answered to another port, which is the one that the server sees. */
export function secondEntry(
  seconds: number,
  port: number,
  seen: number,
  change: Change = 'new',
  more: Partial<ConntrackFields> = {},
): NodeEvent {
  return conntrack(
    seconds,
    change,
    tuple(client, port, server, 8_080),
    tuple(server, 8_080, client, seen),
    more,
  );
}

interface ConntrackFields {
  readonly deletedByProgram: boolean;
  readonly state: string;
}

function conntrack(
  seconds: number,
  change: Change,
  original: Tuple,
  reply: Tuple,
  more: Partial<ConntrackFields>,
): NodeEvent {
  return {
    event: 'conntrack',
    at: at(seconds),
    node: 'node-1',
    source: 'conntrack-events',
    text: `[${change.toUpperCase()}] tcp src=${original.src} dst=${original.dst} dport=${reply.dport}`,
    file: 'evidence/node-1/conntrack-events.log',
    change,
    protocol: 'tcp',
    state: more.state ?? (change === 'new' ? 'SYN_SENT' : 'ESTABLISHED'),
    original,
    reply,
    id: null,
    deletedByProgram: more.deletedByProgram ?? false,
    portid: null,
  };
}

function tuple(src: string, sport: number, dst: string, dport: number): Tuple {
  return { src, sport, dst, dport };
}

/** The RST of the server's kernel for a missing socket, as it comes out of the server's pod. */
export function serverReset(seconds: number, port: number): PacketEvent {
  return packet({
    at: at(seconds),
    interface: 'cali-server',
    direction: 'in',
    tuple: tuple(server, 8_080, client, port),
    flags: 'R',
    seq: 18,
    ttl: 64,
    ipLength: 40,
  });
}

/** A question as it is seen on the client's interface, coming in for the Service, or going out on the server's with another port. */
export function questionTo(
  interfaceName: 'cali-client' | 'cali-server',
  seconds: number,
  port: number,
): PacketEvent {
  const arrives = interfaceName === 'cali-server';
  return packet({
    at: at(seconds),
    interface: interfaceName,
    direction: arrives ? 'out' : 'in',
    tuple: tuple(client, port, arrives ? server : service, 8_080),
    flags: 'P.',
    seq: 1,
    ttl: arrives ? 61 : 64,
    ipLength: 69,
    payloadLength: 17,
    hasTimestampOption: true,
    window: 512,
  });
}

type PacketFields = Pick<
  PacketEvent,
  'at' | 'interface' | 'direction' | 'tuple' | 'flags' | 'seq' | 'ttl' | 'ipLength'
>;

function packet(fields: PacketFields & Partial<PacketEvent>): PacketEvent {
  const { src, sport, dst, dport } = fields.tuple;
  return {
    event: 'packet',
    node: 'node-1',
    source: 'capture',
    text: `${fields.interface} ${fields.direction} ${src}.${sport} > ${dst}.${dport}: Flags [${fields.flags}]`,
    file: 'evidence/node-1/capture.pcap',
    ack: 0,
    window: 0,
    ipId: 0,
    dontFragment: true,
    payloadLength: 0,
    hasTimestampOption: false,
    retransmission: false,
    ...fields,
  };
}
