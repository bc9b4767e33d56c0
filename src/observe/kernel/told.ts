// What a tracepoint's line tells, by the names that it prints.
import type { Tuple } from '../../model/node-event.ts';
import type { KernelTracepoint } from '../../model/kernel-event.ts';

export interface Told {
  readonly kind: KernelTracepoint;
  /** `src` is the local end; an end that the kernel has forgotten is 0.0.0.0 or ::, or port 0. */
  readonly tuple: Tuple | null;
  readonly cookie: string | null;
  readonly socket: string | null;
  readonly packet: string | null;
  readonly state: string | null;
  readonly newState: string | null;
  readonly reason: string | null;
  readonly number: number | null;
  /** Whom a signal, an exit or the OOM killer is about. */
  readonly target: { readonly pid: number; readonly command: string | null } | null;
}

/** Undefined when the line has not what it takes. */
export function readTold(kind: KernelTracepoint, text: string): Told | undefined {
  const isAboutProcess = kind === 'signal' || kind === 'process-exit' || kind === 'oom-victim';
  const values = isAboutProcess ? valuesBesideAName(text) : printedValues(text);
  const word = (key: string) => values.get(key) ?? null;
  const state = (key: string) => word(key)?.replace(/^TCP_/, '') ?? null;
  const pid = number(values.get('pid'));
  const tuple = isAboutProcess ? null : (ends(values) ?? addresses(values));
  if (isAboutProcess ? pid === null : tuple === null) return undefined;
  return {
    kind,
    tuple,
    cookie: word('sock_cookie'),
    socket: pointer(values.get('skaddr')),
    packet: pointer(values.get('skbaddr')),
    state: state('oldstate') ?? state('state'),
    newState: state('newstate'),
    reason: word('reason'),
    number: number(values.get(kind === 'signal' ? 'sig' : 'error')),
    target:
      isAboutProcess && pid !== null ? { pid, command: /(?:^| )comm=(.*?) /.exec(text)?.[1] ?? null } : null,
  };
}

const number = (text: string | undefined): number | null =>
  text !== undefined && /^-?\d+$/.test(text) ? Number(text) : null;

/** Null stands for none: an active reset answers no packet, and a closed port has no socket. */
const pointer = (text: string | undefined): string | null =>
  text === undefined || /^0*$|^\(null\)$/.test(text) ? null : text;

type Values = ReadonlyMap<string, string>;

/** Of a burst tens of thousands of lines come here. */
function printedValues(text: string): Values {
  const values = new Map<string, string>();
  for (const word of text.split(' ')) {
    const equals = word.indexOf('=');
    if (equals > 0) values.set(word.slice(0, equals), word.slice(equals + 1));
  }
  return values;
}

/** A program may call itself ` pid=1`: what it is called is cut out, up to the last name that can follow it. */
function valuesBesideAName(text: string): Values {
  const safe = text.replace(/(^| )comm=.* (?=(?:pid|total-vm)=)/, '$1');
  return new Map(
    [...safe.matchAll(/([A-Za-z_][A-Za-z_0-9-]*)(?:=|: )(\S*)/g)].map(
      ([, key = '', value = '']) => [key, value] as const,
    ),
  );
}

/** `src=10.0.0.1:80 dest=[fd00::1]:4000` */
function ends(values: Values): Tuple | null {
  const [from, to] = [endpoint(values.get('src')), endpoint(values.get('dest'))];
  if (from === undefined || to === undefined) return null;
  return { src: from.address, sport: from.port, dst: to.address, dport: to.port };
}

function endpoint(text = ''): { readonly address: string; readonly port: number } | undefined {
  const match = /^(?:\[([^\]]+)\]|([0-9.]+)):(\d+)$/.exec(text);
  if (match === null) return undefined;
  return { address: plain(match[1] ?? match[2] ?? ''), port: Number(match[3]) };
}

/** The IPv4 fields of a socket of IPv6 hold whatever was there before: its addresses stand in those of IPv6, which all have. */
function addresses(values: Values): Tuple | null {
  const [sport, dport] = [number(values.get('sport')), number(values.get('dport'))];
  const src = values.get('saddrv6') ?? values.get('saddr');
  const dst = values.get('daddrv6') ?? values.get('daddr');
  if (sport === null || dport === null || src === undefined || dst === undefined) return null;
  return { src: plain(src), sport, dst: plain(dst), dport };
}

/** The local end's address in a whole line, cheaply; undefined where none is printed. */
export function localAddressIn(line: string): string | undefined {
  const from = line.indexOf(' saddrv6=');
  if (from < 0) return endpoint(/ src=(\S+)/.exec(line)?.[1])?.address;
  const to = line.indexOf(' ', from + 9);
  return plain(line.slice(from + 9, to < 0 ? undefined : to));
}

/** An IPv4 address in the form of IPv6 is that IPv4 address. */
export const plain = (address: string): string => /^::ffff:([0-9.]+)$/.exec(address)?.[1] ?? address;

/** Forgotten by the kernel, or never set. */
export const isNone = (address: string): boolean => address === '0.0.0.0' || address === '::';

/** Each network namespace has these for itself. */
export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');
