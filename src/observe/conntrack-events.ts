// What the node's connection tracking made, changed and removed, from `conntrack -E`.
import { enableConntrackTimestamps } from '../system/conntrack-timestamps.ts';
import { conntrackEventsArgv, parseConntrackLine } from '../system/tools/conntrack.ts';
import type { NetlinkTool } from './netlink-tool.ts';

export const conntrackEvents: NetlinkTool = {
  name: 'conntrack-events',
  scope: 'TCP entries made, changed and removed',
  argv: conntrackEventsArgv,
  parse: parseConntrackLine,
  prepare: enableConntrackTimestamps,
};
