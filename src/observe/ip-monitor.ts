// Rule, route and link changes of a node, from `ip -ts monitor`.
import { formatMicros, parseMicros } from '../model/clock.ts';
import type { NodeEvent } from '../model/node-event.ts';
import { netnsFlag } from '../system/tools/ip-netns.ts';
import type { LineOrigin, NetlinkTool } from './netlink-tool.ts';

/** iproute2 prints local time; our programs run in UTC. */
const ipMonitorArgv = (netns: string | null): string[] => [
  ...['ip', '-4', ...netnsFlag(netns), '-timestamp', '-tshort', 'monitor'],
  ...['rule', 'route', 'link'],
];

const stamped = /^\[([0-9-]+T[0-9:.]+)\] (Deleted )?(.*)$/;
const rule = /^([0-9]{1,10}):\s+(.+?)\s+(?:lookup (\S+)|goto .*|blackhole|unreachable|prohibit)\s*$/;
const link = /^[0-9]+: ([^:@\s]+)(?:@\S+)?: <[^>]*>(?:.*? state (\S+))?/;

export const ipMonitor: NetlinkTool = {
  name: 'ip-monitor',
  scope: 'rules, routes and links',
  argv: ipMonitorArgv,
  parse: parseIpMonitorLine,
};

/** Reads one line; undefined for continuation lines and for what is no rule, route or link. */
export function parseIpMonitorLine(text: string, origin: LineOrigin): NodeEvent | undefined {
  const line = stamped.exec(text);
  if (line === null) return undefined;
  const at = parseMicros(`${line[1] ?? ''}Z`);
  if (Number.isNaN(at)) return undefined;
  const base = { at: formatMicros(at), source: 'ip-monitor' as const, text, ...origin };
  const deleted = line[2] !== undefined;
  const rest = line[3] ?? '';
  const ruleMatch = rule.exec(rest);
  if (ruleMatch !== null) {
    return {
      event: 'rule-changed',
      ...base,
      change: deleted ? 'deleted' : 'added',
      preference: Number(ruleMatch[1]),
      // iproute2 marks interfaces that do not exist (yet) as [detached]; the selector is the same.
      selector: (ruleMatch[2] ?? '').replace(/ ?\[detached\]/g, ''),
      table: ruleMatch[3] ?? null,
    };
  }
  const linkMatch = link.exec(rest);
  if (linkMatch !== null) {
    const change = deleted ? 'deleted' : 'changed';
    return { event: 'link-changed', ...base, change, link: linkMatch[1] ?? '', state: linkMatch[2] ?? null };
  }
  if (/^(?:[a-z]+ )?(?:default|[0-9a-f.:]+(?:\/[0-9]+)?) /.test(rest)) {
    return { event: 'route-changed', ...base, change: deleted ? 'deleted' : 'added', route: rest.trim() };
  }
  return undefined;
}
