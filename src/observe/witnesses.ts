// Every witness on a node. A new one is a file of this folder and a line here.
export { capture } from './capture.ts';
export { conntrackEvents } from './conntrack-events.ts';
export { conntrackStats } from './conntrack-stats.ts';
export { ipMonitor } from './ip-monitor.ts';
export { listeners } from './listeners.ts';
export { ruleCounters } from './rule-counters.ts';
export { ruleOwners } from './rule-owners.ts';
export { snmp } from './snmp.ts';
