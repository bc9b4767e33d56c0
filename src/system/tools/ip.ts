// iproute2's syntax: the lab's changes as `ip` commands, and the rules that `ip` prints back.
import type { Change, PolicyRule } from '../../model/plan.ts';
import { z } from '../../model/schema.ts';
import { runChecked } from '../process.ts';
import { netnsFlag } from './ip-netns.ts';

/** The changes that are one `ip` command each. */
export type IpChange = Extract<
  Change,
  {
    do:
      | 'add-netns'
      | 'delete-netns'
      | 'add-veth'
      | 'delete-link'
      | 'set-up'
      | 'add-address'
      | 'add-route'
      | 'add-rule'
      | 'delete-rule';
  }
>;

/** Where a command runs and its words: `ip [-n NETNS] WORDS…`. `netns` null means the world's own namespace. */
export interface IpCommand {
  readonly netns: string | null;
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
    case 'add-address':
      return { netns: change.netns, words: ['address', 'add', change.cidr, 'dev', change.dev] };
    case 'add-route':
      return {
        netns: change.netns,
        words: [
          'route',
          'add',
          change.to,
          ...(change.via === undefined ? [] : ['via', change.via]),
          'dev',
          change.dev,
          ...(change.table === undefined ? [] : ['table', change.table]),
        ],
      };
    case 'add-rule':
      return { netns: change.netns, words: ['rule', 'add', ...ruleWords(change.rule)] };
    case 'delete-rule':
      return { netns: change.netns, words: ['rule', 'delete', ...ruleWords(change.rule)] };
  }
}

function ruleWords(rule: PolicyRule): string[] {
  return [
    ...(rule.not === true ? ['not'] : []),
    ...(rule.fwmark === undefined ? [] : ['fwmark', rule.fwmark]),
    ...(rule.iif === undefined ? [] : ['iif', rule.iif]),
    'lookup',
    rule.table,
    'preference',
    String(rule.preference),
  ];
}

/** Makes many changes with one `ip -batch` per namespace: a process per command would be most of the lab's start-up time. */
export async function applyIpBatch(netns: string | null, commands: readonly IpCommand[]): Promise<void> {
  const input = commands.map((command) => `${command.words.join(' ')}\n`).join('');
  await runChecked(['ip', ...netnsFlag(netns), '-batch', '-'], { input });
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

/** The IPv4 policy-routing rules of a namespace, in order of preference. */
export async function listRules(netns: string): Promise<PolicyRule[]> {
  return parseRules((await runChecked(['ip', ...netnsFlag(netns), '-json', 'rule', 'show'])).stdout);
}
