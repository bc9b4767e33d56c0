// One packet of a capture: where and when it was seen, what it says, and its bytes.
import { parseLinkHeader, type LinkHeader } from './link-layer.ts';
import type { PcapRecord } from './pcap-reader.ts';
import { isCutBeforeTcp, parseTcpPacket, type TcpPacket } from './tcp-packet.ts';

export interface CapturedPacket {
  /** Microseconds since the epoch, by the kernel that captured it. */
  readonly at: number;
  readonly link: LinkHeader;
  readonly tcp: TcpPacket;
  /** The same for both directions of a flow. */
  readonly flow: string;
  /** How often its sender had sent its data or SYN before; copies of one transmission on several interfaces have the same. */
  readonly seenBefore: number;
  /** The record as in the pcap file, header included. */
  readonly record: Buffer;
}

/** The two endpoints in an order that does not depend on the direction. */
export function flowKey({ tuple: { src, sport, dst, dport } }: TcpPacket): string {
  const from = `${src}:${sport}`;
  const to = `${dst}:${dport}`;
  return from < to ? `${from} ${to}` : `${to} ${from}`;
}

/** Reads a record's layers; undefined when it is no TCP packet or cut off before its end can be told. */
export function readTcp(
  linkType: number,
  record: PcapRecord,
): { link: LinkHeader; tcp: TcpPacket } | undefined {
  const link = parseLinkHeader(linkType, record.data);
  if (link === undefined) return undefined;
  const tcp = parseTcpPacket(record.data.subarray(link.length), record.wireLength - link.length);
  return tcp === undefined ? undefined : { link, tcp };
}

/** Whether a record that `readTcp` cannot read may be a TCP packet of which too little was captured. */
export function isCutOff(linkType: number, { data, wireLength }: PcapRecord): boolean {
  const link = parseLinkHeader(linkType, data);
  // A link layer that is whole and not read carries no IP.
  if (link === undefined) return data.length < Math.min(wireLength, 14);
  return isCutBeforeTcp(data.subarray(link.length), wireLength - link.length);
}
