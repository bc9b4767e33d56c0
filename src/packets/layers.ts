// Walks a captured packet from its link layer down to TCP, through tunnels, without making anything of what is only passed by.
import { emptyIpHeader, readIpHeader, type IpHeader } from './ip-header.ts';
import { isIcmpError } from './icmp-error.ts';
import { isKnownLinkType, longestFixedPart, parseLinkHeader, type LinkHeader } from './link-layer.ts';
import { createTunnelNames, emptyTunnel, readTunnel, tunnelHash } from './tunnels.ts';

/**
 * What a packet turned out to be. `fragment`: no first one, so that it has no header of what it carries. `cut-off`: too little of it
 * was captured to tell, and it may be TCP. `other`: it carries neither TCP nor an error about a packet.
 */
type Carried = 'tcp' | 'icmp-error' | 'fragment' | 'cut-off' | 'other' | 'unknown-link';

export interface Layers {
  /**
   * @param data From the link layer on.
   * @param wireLength Bytes that the packet had on the wire.
   */
  walk(linkType: number, data: Buffer, wireLength: number): Carried;
  /** Of the last packet that was TCP or an error; its `addresses` count those of its tunnels, too. */
  link(): LinkHeader;
  /** The innermost IP header; overwritten by the next walk. */
  readonly ip: IpHeader;
  /** The tunnels that the packet was in, outermost first; null for none. */
  via(): string | null;
}

/** Deeper than anybody nests tunnels. */
const deepest = 4;
const tcpProtocol = 6;

export function createLayers(): Layers {
  const ip = emptyIpHeader();
  const tunnel = emptyTunnel();
  const nameOf = createTunnelNames();
  let link: LinkHeader | undefined;
  let tunnels = 0;
  let via: string | null = null;

  /** Reads the IP packet at `at` and those in it. */
  const walkIp = (data: Buffer, at: number, wireLength: number): Carried => {
    const reading = readIpHeader(data, at, wireLength - at, ip);
    if (reading !== 'read') return reading === 'none' ? 'other' : reading;
    if (ip.protocol === tcpProtocol) {
      if (data.length >= ip.payloadAt + 20) return 'tcp';
      return data.length < wireLength ? 'cut-off' : 'other';
    }
    if (isIcmpError(data, ip)) return 'icmp-error';
    const inner = depth < deepest ? readTunnel(data, ip, tunnel) : 'none';
    if (inner !== 'read') return inner === 'cut-off' && data.length < wireLength ? 'cut-off' : 'other';
    depth += 1;
    tunnels = (Math.imul(tunnels, 31) + tunnelHash(data, ip, tunnel)) | 0;
    const name = nameOf(data, ip, tunnel);
    via = via === null ? name : `${via}, ${name}`;
    return walkIp(data, tunnel.innerAt, wireLength);
  };
  let depth = 0;

  return {
    walk(linkType, data, wireLength) {
      if (!isKnownLinkType(linkType)) return 'unknown-link';
      tunnels = 0;
      depth = 0;
      via = null;
      link = parseLinkHeader(linkType, data);
      if (link !== undefined) return walkIp(data, link.length, wireLength);
      // A link layer that is whole and not read carries no IP.
      return data.length < Math.min(wireLength, longestFixedPart) ? 'cut-off' : 'other';
    },
    link() {
      if (link === undefined) throw new RangeError('the last packet carried nothing that was read');
      return tunnels === 0 ? link : { ...link, addresses: link.addresses ^ tunnels };
    },
    ip,
    via: () => via,
  };
}
