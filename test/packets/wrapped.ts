// Ethernet frames as other link layers and tunnels carry them, byte by byte.

/** The IP packet of an Ethernet frame without tags. */
export const ipOf = (frame: Buffer): Buffer => frame.subarray(14);
const isIpv6 = (frame: Buffer) => frame.readUInt16BE(12) === 0x86dd;

/** With tags before the type, the outermost first. */
export function tagged(frame: Buffer, ...types: readonly number[]): Buffer {
  const tags = types.map((type, index) => Buffer.from([type >> 8, type & 0xff, 0, 100 + index]));
  return Buffer.concat([frame.subarray(0, 12), ...tags, frame.subarray(12)]);
}

/** BSD loopback: the family in the order of whoever captured. */
export function loopback(frame: Buffer, order: 'LE' | 'BE', ipv6Family = 30): Buffer {
  const family = Buffer.alloc(4);
  family[order === 'LE' ? 'writeUInt32LE' : 'writeUInt32BE'](isIpv6(frame) ? ipv6Family : 2);
  return Buffer.concat([family, ipOf(frame)]);
}

/** As a netfilter rule hands a packet to its log. */
export function nflogged(
  frame: Buffer,
  order: 'LE' | 'BE',
  hook: number,
  inward?: number,
  outward?: number,
): Buffer {
  const attribute = (type: number, value: Buffer) => {
    const head = Buffer.alloc(4);
    head[order === 'LE' ? 'writeUInt16LE' : 'writeUInt16BE'](value.length + 4, 0);
    head[order === 'LE' ? 'writeUInt16LE' : 'writeUInt16BE'](type, 2);
    return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
  };
  const index = (value: number) => Buffer.from([0, 0, 0, value]);
  return Buffer.concat([
    Buffer.from([isIpv6(frame) ? 10 : 2, 0, 0, 5]),
    attribute(1, Buffer.from([8, 0, hook, 0])),
    attribute(10, Buffer.from('prefix\0')),
    ...(inward === undefined ? [] : [attribute(4, index(inward))]),
    ...(outward === undefined ? [] : [attribute(5, index(outward))]),
    attribute(9, ipOf(frame)),
  ]);
}

const macs = Buffer.from([2, 0, 0, 0, 9, 2, 2, 0, 0, 0, 9, 1]);

/** An Ethernet frame from 172.16.0.1 to 172.16.0.2, or from fc00::1 to fc00::2, with that protocol's bytes. */
export function outer(protocol: number, payload: Buffer, family: 4 | 6 = 4): Buffer {
  const ip = Buffer.alloc(family === 4 ? 20 : 40);
  if (family === 4) {
    ip[0] = 0x45;
    ip.writeUInt16BE(20 + payload.length, 2);
    ip.set([64, protocol], 8);
    ip.set([172, 16, 0, 1, 172, 16, 0, 2], 12);
  } else {
    ip[0] = 0x60;
    ip.writeUInt16BE(payload.length, 4);
    ip.set([protocol, 64, 0xfc], 6);
    ip[23] = 1;
    ip.set([0xfc], 24);
    ip[39] = 2;
  }
  return Buffer.concat([macs, Buffer.from(family === 4 ? [8, 0] : [0x86, 0xdd]), ip, payload]);
}

function udp(port: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(50_000, 0);
  head.writeUInt16BE(port, 2);
  head.writeUInt16BE(8 + payload.length, 4);
  return Buffer.concat([head, payload]);
}

export function vxlan(frame: Buffer, network: number, port = 4_789, family: 4 | 6 = 4): Buffer {
  const head = Buffer.from([8, 0, 0, 0, network >> 16, (network >> 8) & 0xff, network & 0xff, 0]);
  return outer(17, udp(port, Buffer.concat([head, frame])), family);
}

/** @param options Their length in bytes, a multiple of four. */
export function geneve(frame: Buffer, network: number, options = 0, inner: 'frame' | 'ip' = 'frame'): Buffer {
  const type = inner === 'frame' ? [0x65, 0x58] : frame.subarray(12, 14);
  const head = Buffer.from([
    options / 4,
    0,
    ...type,
    network >> 16,
    (network >> 8) & 0xff,
    network & 0xff,
    0,
  ]);
  const body = inner === 'frame' ? frame : ipOf(frame);
  return outer(17, udp(6_081, Buffer.concat([head, Buffer.alloc(options, 0xee), body])));
}

export interface Gre {
  readonly checksum?: true;
  readonly key?: number;
  readonly sequence?: true;
  readonly inner?: 'frame' | 'ip';
}

export function gre(frame: Buffer, { checksum, key, sequence, inner = 'ip' }: Gre): Buffer {
  const flags = (checksum ? 0x8000 : 0) | (key === undefined ? 0 : 0x2000) | (sequence ? 0x1000 : 0);
  const type = inner === 'frame' ? [0x65, 0x58] : frame.subarray(12, 14);
  const keyBytes = Buffer.alloc(key === undefined ? 0 : 4);
  if (key !== undefined) keyBytes.writeUInt32BE(key);
  return outer(
    47,
    Buffer.concat([
      Buffer.from([flags >> 8, flags & 0xff, ...type]),
      Buffer.alloc(checksum ? 4 : 0, 0x77),
      keyBytes,
      Buffer.alloc(sequence ? 4 : 0, 0x88),
      inner === 'frame' ? frame : ipOf(frame),
    ]),
  );
}

export const ipInIp = (frame: Buffer, family: 4 | 6 = 4): Buffer =>
  outer(isIpv6(frame) ? 41 : 4, ipOf(frame), family);

/** An error of 10.0.0.9 or fd00::9 about the packet in `frame`, of which it quotes `quoted` bytes. */
export function icmpError(frame: Buffer, type: number, code: number, mtu: number, quoted = 28): Buffer {
  const family = isIpv6(frame) ? 6 : 4;
  const about = ipOf(frame);
  const head = Buffer.from([type, code, 0, 0, 0, 0, 0, 0]);
  if (family === 6) head.writeUInt32BE(mtu, 4);
  else head.writeUInt16BE(mtu, 6);
  return outer(family === 4 ? 1 : 58, Buffer.concat([head, about.subarray(0, quoted)]), family);
}
