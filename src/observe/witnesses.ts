// Every witness on a node. A new one is a file of this folder and a line here.
export { agents } from './agents.ts';
export { capture } from './capture.ts';
export { cgroupMemory } from './cgroup-memory.ts';
export { conntrackEvents } from './conntrack-events.ts';
export { conntrackStats } from './conntrack-stats.ts';
export { ipMonitor } from './ip-monitor.ts';
export { ipvs } from './ipvs.ts';
export { kernelEvents } from './kernel-events.ts';
export { kernelLog } from './kernel-log.ts';
export { listeners } from './listeners.ts';
export { names } from './address-names.ts';
export { neighbours } from './neighbours.ts';
export { ruleCounters } from './rule-counters.ts';
export { ruleOwners } from './rule-owners.ts';
export { snmp } from './snmp.ts';
export { sockets } from './sockets.ts';
