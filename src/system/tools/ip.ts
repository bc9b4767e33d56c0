// iproute2's syntax: the lab's changes as `ip` commands, and what `ip` prints: rules, links, and changes as they happen.
import { formatMicros, parseMicros } from '../../model/clock.ts';
import type { Family } from '../../model/family.ts';
import type { LineEvent, NodeEvent } from '../../model/node-event.ts';
import type { Change, PolicyRule } from '../../model/plan.ts';
import { z } from '../../model/schema.ts';
import { runChecked } from '../process.ts';
import { netnsFlag } from './ip-netns.ts';

/** The changes that are one `ip` command each. */
const ipChanges = [
  'add-netns',
  'delete-netns',
  'add-veth',
  'delete-link',
  'set-up',
  'set-down',
  'add-address',
  'add-route',
  'delete-route',
  'add-bridge',
  'add-dummy',
  'add-port',
  'set-route-mtu',
  'set-mac',
  'set-segments',
  'add-rule',
  'delete-rule',
] as const;
export type IpChange = Extract<Change, { do: (typeof ipChanges)[number] }>;

export function isIpChange(change: Change): change is IpChange {
  return ipChanges.some((name) => name === change.do);
}

/** Where a command runs and its words: `ip [-6] [-n NETNS] WORDS…`. `netns` null means the world's own namespace. */
export interface IpCommand {
  readonly netns: string | null;
  /** Said where no word tells it; IPv4 without. */
  readonly family?: Family | undefined;
  readonly words: readonly string[];
}

/** The one `ip` command that makes a change. */
export function ipCommand(change: IpChange): IpCommand {
  switch (change.do) {
    case 'add-netns':
      return { netns: null, words: ['netns', 'add', change.netns] };
    case 'delete-netns':
      return { netns: null, words: ['netns', 'delete', change.netns] };
    case 'add-veth': {
      const { a, b } = change;
      const peer = ['peer', 'name', b.dev, 'netns', b.netns];
      return { netns: null, words: ['link', 'add', a.dev, 'netns', a.netns, 'type', 'veth', ...peer] };
    }
    case 'delete-link':
      return { netns: change.netns, words: ['link', 'delete', change.dev] };
    case 'set-up':
      return { netns: change.netns, words: ['link', 'set', change.dev, 'up'] };
    case 'set-down':
      return { netns: change.netns, words: ['link', 'set', change.dev, 'down'] };
    case 'add-address':
      return { netns: change.netns, words: ['address', 'add', change.cidr, 'dev', change.dev] };
    case 'add-route': {
      const { netns, to, via, dev, table } = change;
      return { netns, words: ['route', 'add', to, ...pair('via', via), 'dev', dev, ...pair('table', table)] };
    }
    case 'delete-route':
      return { netns: change.netns, words: ['route', 'delete', change.to, 'dev', change.dev] };
    case 'add-bridge':
      return { netns: change.netns, words: ['link', 'add', change.dev, 'type', 'bridge'] };
    case 'add-dummy':
      return { netns: change.netns, words: ['link', 'add', change.dev, 'type', 'dummy'] };
    case 'add-port':
      return { netns: change.netns, words: ['link', 'set', change.dev, 'master', change.bridge] };
    case 'set-route-mtu': {
      const { netns, to, via, dev, mtu } = change;
      const locked = mtu === null ? [] : ['mtu', 'lock', String(mtu)];
      return { netns, words: ['route', 'replace', to, ...pair('via', via), 'dev', dev, ...locked] };
    }
    case 'set-mac':
      return { netns: change.netns, words: ['link', 'set', change.dev, 'address', change.mac] };
    case 'set-segments':
      return { netns: change.netns, words: ['link', 'set', change.dev, 'gso_max_segs', String(change.most)] };
    case 'add-rule':
      return { ...ruleIn(change), words: ['rule', 'add', ...ruleWords(change.rule)] };
    case 'delete-rule':
      return { ...ruleIn(change), words: ['rule', 'delete', ...ruleWords(change.rule)] };
  }
}

const ruleIn = ({ netns, family }: { netns: string; family?: Family }) => ({ netns, family });

/** `ip`'s own flag for a family that it would not guess. */
export const familyFlag = (family: Family | undefined): string[] => (family === 'ipv6' ? ['-6'] : []);

function ruleWords({ not, fwmark, iif, table, preference }: PolicyRule): string[] {
  const selector = [...(not === true ? ['not'] : []), ...pair('fwmark', fwmark), ...pair('iif', iif)];
  return [...selector, 'lookup', table, 'preference', String(preference)];
}

const pair = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value]);

/** Makes many changes, of one family, with one `ip -batch` per namespace: a process per command would be most of the lab's start-up time. */
export async function applyIpBatch(netns: string | null, commands: readonly IpCommand[]): Promise<void> {
  const input = commands.map((command) => `${command.words.join(' ')}\n`).join('');
  const flags = [...familyFlag(commands[0]?.family), ...netnsFlag(netns)];
  await runChecked(['ip', ...flags, '-batch', '-'], { input });
}

const ruleListSchema = z.array(
  z.object({
    priority: z.number(),
    not: z.null().optional(),
    iif: z.string().optional(),
    fwmark: z.string().optional(),
    fwmask: z.string().optional(),
    table: z.string().optional(),
  }),
);

/** Reads `ip -json rule show`; rules that look up no table (blackhole, goto) are left out. */
export function parseRules(json: string): PolicyRule[] {
  const rules: PolicyRule[] = [];
  for (const rule of ruleListSchema.parse(JSON.parse(json))) {
    if (rule.table === undefined) continue;
    rules.push({
      preference: rule.priority,
      ...(rule.not === undefined ? {} : { not: true }),
      ...(rule.iif === undefined ? {} : { iif: rule.iif }),
      ...(rule.fwmark === undefined
        ? {}
        : { fwmark: rule.fwmask === undefined ? rule.fwmark : `${rule.fwmark}/${rule.fwmask}` }),
      table: rule.table,
    });
  }
  return rules;
}

/** The policy-routing rules of a namespace, of one family, in order of preference. */
export async function listRules(netns: string | null, family: Family = 'ipv4'): Promise<PolicyRule[]> {
  const argv = ['ip', ...familyFlag(family), ...netnsFlag(netns), '-json', 'rule', 'show'];
  return parseRules((await runChecked(argv)).stdout);
}

const linksSchema = z.array(z.object({ ifindex: z.number(), ifname: z.string() }));

/** Reads `ip -json link`: number → name. */
export function parseLinks(json: string): Map<number, string> {
  return new Map(linksSchema.parse(JSON.parse(json)).map(({ ifindex, ifname }) => [ifindex, ifname]));
}

/** The interfaces of a namespace: number → name. */
export async function listLinks(netns: string | null): Promise<Map<number, string>> {
  return parseLinks((await runChecked(['ip', ...netnsFlag(netns), '-json', 'link'])).stdout);
}

/** Prints a line for each rule and route, of both families, and each link that comes, goes or changes. Its times are local; our programs run in UTC. */
export const ipMonitorArgv = (netns: string | null): string[] => [
  ...['ip', ...netnsFlag(netns), '-timestamp', '-tshort', 'monitor'],
  ...['rule', 'route', 'link'],
];

type RouteMessage = Extract<NodeEvent, { event: 'rule-changed' | 'route-changed' | 'link-changed' }>;

const stamped = /^\[([0-9-]+T[0-9:.]+)\] (Deleted )?(.*)$/;
const rule = /^([0-9]{1,10}):\s+(.+?)\s+(?:lookup (\S+)|goto .*|blackhole|unreachable|prohibit)\s*$/;
const link = /^[0-9]+: ([^:@\s]+)(?:@\S+)?: <[^>]*>(?:.*? state (\S+))?/;

/** Reads one line of `ip monitor`; undefined for continuation lines and for what is no rule, route or link. */
export function parseIpMonitorLine(text: string): LineEvent<RouteMessage> | undefined {
  const line = stamped.exec(text);
  if (line === null) return undefined;
  const micros = parseMicros(`${line[1] ?? ''}Z`);
  if (Number.isNaN(micros)) return undefined;
  const at = formatMicros(micros);
  const deleted = line[2] !== undefined;
  const rest = line[3] ?? '';
  const ruleMatch = rule.exec(rest);
  if (ruleMatch !== null) {
    return {
      event: 'rule-changed',
      at,
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
    return { event: 'link-changed', at, change, link: linkMatch[1] ?? '', state: linkMatch[2] ?? null };
  }
  if (/^(?:[a-z]+ )?(?:default|[0-9a-f.:]+(?:\/[0-9]+)?) /.test(rest)) {
    return { event: 'route-changed', at, change: deleted ? 'deleted' : 'added', route: rest.trim() };
  }
  return undefined;
}
