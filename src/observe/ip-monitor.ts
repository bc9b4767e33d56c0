// Rule, route and link changes of a node, from `ip monitor`.
import { ipMonitorArgv, parseIpMonitorLine } from '../system/tools/ip.ts';
import type { NetlinkTool } from './netlink-tool.ts';

export const ipMonitor: NetlinkTool = {
  name: 'ip-monitor',
  scope: 'rules, routes and links',
  argv: ipMonitorArgv,
  parse: parseIpMonitorLine,
};
