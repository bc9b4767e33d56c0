// One packet of a capture: where and when it was seen, what it says, and its bytes.
import { readIcmpError, type IcmpError } from './icmp-error.ts';
import { createLayers } from './layers.ts';
import type { LinkHeader } from './link-layer.ts';
import type { PcapRecord } from './pcap-reader.ts';
import { readTcpHeader, type TcpPacket } from './tcp-packet.ts';

export interface CapturedPacket {
  /** Microseconds since the epoch, by the kernel that captured it. */
  readonly at: number;
  readonly link: LinkHeader;
  readonly tcp: TcpPacket;
  /** The same for both directions of a flow. */
  readonly flow: string;
  /** How often its sender had sent its data or SYN before; copies of one transmission on several interfaces have the same. */
  readonly seenBefore: number;
  /** The tunnels that it was in, as evidence names them; null for none. */
  readonly via: string | null;
  /** What the capture has written beside it, UTF-8, one comment on each line; null for nothing. */
  readonly comment: Buffer | null;
  /** The record as in the pcap file, header included; empty where nobody writes it again. */
  readonly record: Buffer;
}

const layers = createLayers();

/** Reads a record's layers; undefined when it is no TCP packet or cut off before its end can be told. */
export function readTcp(
  linkType: number,
  { data, wireLength }: PcapRecord,
): { link: LinkHeader; tcp: TcpPacket; via: string | null } | undefined {
  if (layers.walk(linkType, data, wireLength) !== 'tcp') return undefined;
  const tcp = readTcpHeader(data, layers.ip);
  return tcp === undefined ? undefined : { link: layers.link(), tcp, via: layers.via() };
}

/** Likewise of a record that is an ICMP error about a TCP packet; undefined for all others. */
export function readErrorAboutTcp(
  linkType: number,
  { data, wireLength }: PcapRecord,
): { link: LinkHeader; error: IcmpError; via: string | null } | undefined {
  if (layers.walk(linkType, data, wireLength) !== 'icmp-error') return undefined;
  const error = readIcmpError(data, layers.ip);
  return error === undefined ? undefined : { link: layers.link(), error, via: layers.via() };
}
