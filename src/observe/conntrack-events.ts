// What the node's connection tracking made, changed and removed, from `conntrack -E`.
import { enableConntrackTimestamps } from '../system/conntrack-timestamps.ts';
import { conntrackEventsArgv, parseConntrackLine } from '../system/tools/conntrack.ts';
import { netlinkToolWitness } from './netlink-tool.ts';

export const conntrackEvents = netlinkToolWitness({
  name: 'conntrack-events',
  share: 15,
  scope: 'TCP entries made, changed and removed',
  argv: conntrackEventsArgv,
  parse: parseConntrackLine,
  prepare: enableConntrackTimestamps,
});
