// The types and tags of Ethernet, which stand in a frame by itself and in those that tunnels carry.

export const isIpEtherType = (type: number): boolean => type === 0x0800 || type === 0x86dd;

/** 802.1Q, 802.1ad, and what was written for a second tag before that. */
const isTag = (type: number): boolean =>
  type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200;

/**
 * Offset of the IP packet behind the type at `typeAt` and any tags; −1 when there is none, or its type is cut off.
 * @param nextAt Where the type behind the first tag stands.
 */
export function skipTags(data: Buffer, typeAt: number, nextAt = typeAt + 4): number {
  let at = typeAt;
  let next = nextAt;
  while (data.length >= at + 2) {
    const type = data.readUInt16BE(at);
    if (isIpEtherType(type)) return at + 2;
    if (!isTag(type)) return -1;
    at = next;
    next += 4;
  }
  return -1;
}

/** Offset of the IP packet in the frame that begins at `at`; −1 when it carries none, or is cut off before that can be told. */
export const readEthernet = (data: Buffer, at: number): number => skipTags(data, at + 12);
