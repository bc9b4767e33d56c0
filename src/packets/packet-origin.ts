/** Where a capture was made, as its packets' events name it. */
export interface PacketOrigin {
  readonly node: string;
  readonly file: string;
  /** The interface's name, for the number that the capture has. */
  readonly nameOf: (interfaceIndex: number | null) => string;
}

/** As tcpdump prints them. */
export const directionWords = { in: 'In', out: 'Out', unknown: '?' } as const;
