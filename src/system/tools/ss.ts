// ss's syntax: every TCP connection of a network namespace, and each one's end as the kernel announces it.

/** What a line of ss tells of a socket. Null: this version of ss, or this kernel, does not say it. */
export interface SsSocket {
  /** As the kernel names it: `ESTABLISHED`, `CLOSE_WAIT`, …; ss writes `ESTAB`, `CLOSE-WAIT`. */
  readonly state: string;
  readonly local: SsEnd;
  readonly peer: SsEnd;
  /**
   * Bytes that the program has not read, and that the peer has not acknowledged; of more than one byte at a socket's end one may be the
   * peer's, or its own, FIN. Null where nothing but one byte may be left: it, or a FIN.
   */
  readonly unread: number | null;
  readonly unsent: number | null;
  /** Null for a socket that no file stands for (any more, or not yet). */
  readonly inode: number | null;
  /** In hexadecimal, as ss writes it. */
  readonly cookie: string | null;
  /** A path in cgroup v2 that the socket was made in; null where there is none. */
  readonly cgroup: string | null;
  readonly timer: string | null;
  /** Milliseconds; null for what it never did. */
  readonly lastSentMs: number | null;
  readonly lastReceivedMs: number | null;
  readonly bytesSent: number | null;
  readonly bytesReceived: number | null;
  readonly retransmissions: number | null;
  /**
   * What the peer acknowledged beside data: the SYN of whoever connects counts 1 here, that of whoever accepts nothing, a FIN 1. Null
   * while data is unacknowledged, and where that cannot be told.
   */
  readonly ackedBesideData: 0 | 1 | 2 | null;
}

interface SsEnd {
  /** An IPv4-mapped address as the IPv4 one, without a zone; `0.0.0.0` or `::` for none. */
  readonly address: string;
  /** 0 for none. */
  readonly port: number;
}

/** TIME_WAIT and SYN_RECV, which no program has, are left out. */
const listed = ['established', 'syn-sent', 'fin-wait-1', 'fin-wait-2', 'close-wait', 'last-ack', 'closing'];

/** All connections and listeners with what the kernel knows of each; lines are whole (-O, iproute2 5.2). */
export const socketsArgv: readonly string[] = [
  ...['ss', '-tneiHO'],
  ...[...listed, 'listening'].flatMap((state) => ['state', state]),
];

/** A line for each socket that is destroyed, until stopped; ss itself would keep lines back until 4 KiB are full. */
export const destroyedArgv: readonly string[] = ['stdbuf', '-oL', 'ss', '-E', '-tneiHO'];

/** Why ss, or nsenter before it, cannot do it, in words; undefined for what it says of something else. */
export function whyNoSs(said: string): string | undefined {
  if (/invalid option|unrecognized option/i.test(said)) return 'this ss is older than iproute2 5.2';
  if (!/not permitted|permission denied/i.test(said)) return undefined;
  return said.includes('nsenter')
    ? 'to enter its network takes CAP_SYS_ADMIN and CAP_SYS_PTRACE'
    : 'it takes CAP_NET_ADMIN';
}

const states: Readonly<Record<string, string>> = {
  ...{ ESTAB: 'ESTABLISHED', UNCONN: 'CLOSE', 'FIN-WAIT-1': 'FIN_WAIT1', 'FIN-WAIT-2': 'FIN_WAIT2' },
};

const head = /^([A-Z][A-Z0-9-]*) +([0-9]+) +([0-9]+) +(\S+) +(\S+)(?: |$)/;

/** The same two of a line that is not read further; a node has many thousands. */
export function idsIn(text: string): Pick<SsSocket, 'inode' | 'cookie'> {
  const cookie = / sk:(?!0(?: |$))([0-9a-f]+)/.exec(text)?.[1] ?? null;
  const inode = / ino:([0-9]+)/.exec(text)?.[1] ?? null;
  return { cookie, inode: inode === null || inode === '0' ? null : Number(inode) };
}

/** When a connection last did what, by one line. */
export interface SsAges {
  /** Milliseconds since anything was sent that has data; null where none was. */
  readonly sentMs: number | null;
  /** Since the peer last sent anything, be it an acknowledgement. */
  readonly heardMs: number;
  /** For how long the kernel now waits before it sends again, and how often it has doubled that. */
  readonly timeoutMs: number;
  readonly backoff: number;
}

/** Of a line that is not read further; null where it does not tell. */
export function agesIn(text: string): SsAges | null {
  const rto = / rto:([0-9.]+)/.exec(text)?.[1];
  if (rto === undefined || !text.includes(' cwnd:')) return null;
  const ago = (name: keyof typeof numbers) => valueIn(text, name) ?? 0;
  // Of what it never did the kernel says how long the machine has been running; what is 0 ss leaves out.
  const heard = [ago('lastack'), ...(text.includes(' bytes_received:') ? [ago('lastrcv')] : [])];
  return {
    sentMs: text.includes(' bytes_sent:') ? ago('lastsnd') : null,
    heardMs: Math.min(...heard),
    timeoutMs: Number(rto),
    backoff: ago('backoff'),
  };
}

/** Reads one line of `socketsArgv` or `destroyedArgv`; undefined for anything else. */
export function parseSsLine(text: string): SsSocket | undefined {
  const match = head.exec(text);
  if (match === null) return undefined;
  const [whole, state = '', unread, unsent, localText = '', peerText = ''] = match;
  const [local, peer] = [endOf(localText), endOf(peerText)];
  if (local === undefined || peer === undefined) return undefined;
  const { socket, info } = parts(text.slice(whole.length - 1));
  const known = states[state] ?? state.replaceAll('-', '_');
  // Lingering for no time disconnects the socket first, which empties what the kernel counted of it, and leaves nonsense in Send-Q.
  const isEmptied = known === 'CLOSE' && peer.port === 0;
  return {
    ...{ state: known, local, peer, ...idsIn(socket) },
    ...(isEmptied ? { unread: null, unsent: null } : queues(known, Number(unread), Number(unsent), info)),
    cgroup: cgroupIn(socket),
    timer: / timer:\(([a-z]+),/.exec(socket)?.[1] ?? null,
    ...(isEmptied ? nothingKnown : whatItDid(info)),
    ackedBesideData: isEmptied || Number(unsent) > 0 ? null : ackedBesideData(info),
  };
}

const peerHasClosed = new Set(['CLOSE_WAIT', 'LAST_ACK', 'CLOSING']);
const oneOfItsOwn = new Set(['SYN_SENT', 'FIN_WAIT1', 'LAST_ACK', 'CLOSING']);

/** Both queues are differences of sequence numbers, in which a SYN or FIN counts as a byte until it is read or acknowledged. */
function queues(
  state: string,
  received: number,
  sent: number,
  info: string,
): Pick<SsSocket, 'unread' | 'unsent'> {
  const isOver = state === 'CLOSE';
  const without = (bytes: number, hasOne: boolean) => (hasOne && bytes > 0 ? bytes - 1 : bytes);
  const noData = info.includes(' segs_in:') && !info.includes(' data_segs_in:');
  return {
    unread: noData ? 0 : isOver && received === 1 ? null : without(received, peerHasClosed.has(state)),
    unsent: isOver && sent === 1 ? null : without(sent, oneOfItsOwn.has(state)),
  };
}

/** What is said of the socket, and what TCP says of the connection: that comes after the arrow, or the cookie where none is printed. */
function parts(text: string): { socket: string; info: string } {
  const at = / sk:[0-9a-f]+/.exec(text);
  if (at === null) return { socket: text, info: text };
  const rest = at.index + at[0].length;
  // A cgroup's path may hold what looks like a field: of several arrows the last is ss's.
  const arrow = /^.* (?:<->|-->|<--|---)(?= |$)/.exec(text.slice(rest))?.[0].length;
  if (arrow === undefined) return { socket: text, info: text.slice(rest) };
  return { socket: text.slice(0, rest + arrow), info: text.slice(rest + arrow) };
}

function cgroupIn(socket: string): string | null {
  const path = / cgroup:(\/.*)$/.exec(socket)?.[1];
  // What may follow it: v6only:0, and the arrow.
  return path === undefined
    ? null
    : path.replace(/(?: v6only:[01])?(?: (?:<->|-->|<--|---))?\s*$/, '').trimEnd();
}

type Did = Pick<
  SsSocket,
  'lastSentMs' | 'lastReceivedMs' | 'bytesSent' | 'bytesReceived' | 'retransmissions'
>;

const nothingKnown: Did = {
  ...{ bytesSent: null, bytesReceived: null, lastSentMs: null, lastReceivedMs: null, retransmissions: null },
};

const numbers = {
  bytes_sent: / bytes_sent:([0-9]+)/,
  bytes_received: / bytes_received:([0-9]+)/,
  bytes_acked: / bytes_acked:([0-9]+)/,
  bytes_retrans: / bytes_retrans:([0-9]+)/,
  data_segs_out: / data_segs_out:([0-9]+)/,
  data_segs_in: / data_segs_in:([0-9]+)/,
  lastsnd: / lastsnd:([0-9]+)/,
  lastrcv: / lastrcv:([0-9]+)/,
  lastack: / lastack:([0-9]+)/,
  backoff: / backoff:([0-9]+)/,
};

const valueIn = (info: string, name: keyof typeof numbers): number | undefined => {
  const text = numbers[name].exec(info)?.[1];
  return text === undefined ? undefined : Number(text);
};

function ackedBesideData(info: string): SsSocket['ackedBesideData'] {
  const sent = valueIn(info, 'bytes_sent');
  // A kernel before 4.19 counts segments, not what was sent again.
  const isUncounted = sent === undefined && valueIn(info, 'data_segs_out') !== undefined;
  if (isUncounted || !info.includes(' cwnd:')) return null;
  const data = (sent ?? 0) - (valueIn(info, 'bytes_retrans') ?? 0);
  const beside = (valueIn(info, 'bytes_acked') ?? 0) - data;
  return beside === 0 || beside === 1 || beside === 2 ? beside : null;
}

/** ss leaves out what is 0, and what an old kernel does not count: which of both, what else it prints tells. */
function whatItDid(info: string): Did {
  const value = (name: keyof typeof numbers) => valueIn(info, name);
  const received = value('bytes_received');
  const known = info.includes(' cwnd:');
  // Bytes that were sent are counted from 4.19 on, segments from 4.6 on: segments without bytes are an older kernel's, or ss's.
  const bytesSent = value('bytes_sent') ?? (known && value('data_segs_out') === undefined ? 0 : null);
  // A FIN alone counts as a byte, too, but not as a segment with data.
  const bytesReceived = known && value('data_segs_in') === undefined ? 0 : (received ?? null);
  const retransmissions = / retrans:[0-9]+\/([0-9]+)/.exec(info)?.[1];
  const ago = (name: 'lastsnd' | 'lastrcv', bytes: number | null) =>
    known && bytes !== 0 ? (value(name) ?? 0) : null;
  return {
    bytesSent,
    bytesReceived,
    // Of a connection that never sent, the kernel says how long the machine has been running.
    lastSentMs: ago('lastsnd', bytesSent),
    lastReceivedMs: ago('lastrcv', bytesReceived),
    retransmissions: retransmissions !== undefined ? Number(retransmissions) : known ? 0 : null,
  };
}

/** `10.0.0.1:80`, `10.0.0.1%eth0:80`, `[2001:db8::1]:80`, `[fe80::1]%eth0:80`, `*:80`, `*:*`. */
function endOf(text: string): SsEnd | undefined {
  const match = /^(?:\[([0-9a-f:.]+)(?:%[^\]]*)?\]|([0-9.]+|\*))(?:%[^:]*)?:([0-9]+|\*)$/i.exec(text);
  if (match === null) return undefined;
  const [, v6, v4, port] = match;
  const address = v6 ?? (v4 === undefined || v4 === '*' ? '::' : v4);
  return { address: address.replace(/^::ffff:(?=[0-9.]+$)/i, ''), port: port === '*' ? 0 : Number(port) };
}
