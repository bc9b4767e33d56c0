// What the node's connection tracking made, changed and removed, from `conntrack -E`; and what it translates since before.
import type { LineEvent } from '../model/node-event.ts';
import { enableConntrackTimestamps } from '../system/conntrack-timestamps.ts';
import {
  conntrackEventsArgv,
  parseConntrackLine,
  parseListedEntry,
  translatedEntriesArgvs,
} from '../system/tools/conntrack.ts';
import { netlinkToolWitness } from './netlink-tool.ts';

export const conntrackEvents = netlinkToolWitness({
  name: 'conntrack-events',
  share: 15,
  scope: 'TCP entries made, changed and removed',
  argv: conntrackEventsArgv,
  parse: parseConntrackLine,
  prepare: enableConntrackTimestamps,
  // A connection that lives for days was translated before anybody watched.
  present: { argvs: translatedEntriesArgvs, parse: parseListedEntry, identity: entryOf },
});

/** The kernel's number of it, which is another one's later; its tuple where the tool printed none. */
function entryOf(told: LineEvent): string {
  if (told.event !== 'conntrack') return '';
  return told.id ?? Object.values(told.original).join(' ');
}
