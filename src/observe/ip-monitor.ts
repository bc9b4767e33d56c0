// Rule, route and link changes of a node, from `ip monitor`.
import { ipMonitorArgv, parseIpMonitorLine } from '../system/tools/ip.ts';
import { netlinkToolWitness } from './netlink-tool.ts';

export const ipMonitor = netlinkToolWitness({
  name: 'ip-monitor',
  share: 3,
  scope: 'rules, routes and links',
  argv: ipMonitorArgv,
  parse: parseIpMonitorLine,
});
