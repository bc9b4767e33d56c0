// What a server of the mesh says unasked: on which node a connection landed, which NAT hides, and that the server is leaving.
import { pushPrefix } from '../probe/wire.ts';

export const farewell = Buffer.concat([pushPrefix, Buffer.from('leaving\n')]);

export function greeting(node: string): Buffer {
  return Buffer.concat([pushPrefix, Buffer.from(`node ${node}\n`)]);
}

export type Announcement = { readonly says: 'node'; readonly node: string } | { readonly says: 'leaving' };

/** Reads a line of the client's log, which quotes whatever the server said; undefined when it is no announcement. */
export function announcementIn(logged: string): Announcement | undefined {
  const match = /^Response from server: "Server says: (?:node ([A-Za-z0-9.-]+)|(leaving))(?:\\n)?"$/.exec(
    logged,
  );
  if (match === null) return undefined;
  return match[1] === undefined ? { says: 'leaving' } : { says: 'node', node: match[1] };
}
