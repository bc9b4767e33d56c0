// A plan as commands that a person could type, for --dry-run and for error messages.
import type { Change, Plan } from '../../model/plan.ts';
import { shellQuote } from '../../system/shell-quote.ts';
import { deleteEntriesWords, fillWords } from '../../system/tools/conntrack.ts';
import { familyFlag, ipCommand } from '../../system/tools/ip.ts';
import { inNetns, netnsFlag } from '../../system/tools/ip-netns.ts';
import { chainRuleWords, restoreText, restoreWords } from '../../system/tools/iptables.ts';
import { ipvsServiceText, ipvsTimeoutWords, restoreIpvsWords } from '../../system/tools/ipvsadm.ts';
import { destroySocketsWords } from '../../system/tools/ss-kill.ts';
import { deleteNftTableWords, nftTableText } from '../../system/tools/nft.ts';
import { sysctlWords } from '../../system/tools/sysctl.ts';

/** One change as a shell command line; a ruleset follows its command as a here-document. */
export function shellCommand(change: Change): string {
  switch (change.do) {
    case 'set-sysctl':
      return inside(change.netns, sysctlWords([change]));
    case 'load-iptables':
      return inside(change.netns, restoreWords(change.family), restoreText(change.tables));
    case 'add-chain-rule':
      return inside(change.netns, chainRuleWords('add', change.rule, change.family));
    case 'delete-chain-rule':
      return inside(change.netns, chainRuleWords('delete', change.rule, change.family));
    case 'load-nft-table':
      return inside(change.netns, ['nft', '-f', '-'], nftTableText(change.name, change.body, change.of));
    case 'delete-nft-table':
      return inside(change.netns, deleteNftTableWords(change.name));
    case 'add-ipvs-service':
      return inside(change.netns, restoreIpvsWords, ipvsServiceText(change));
    case 'set-ipvs-timeout':
      return inside(change.netns, ipvsTimeoutWords(change.seconds));
    case 'delete-entries':
      return inside(change.netns, deleteEntriesWords(change.filter, change.family));
    case 'destroy-sockets':
      return shellQuote(inNetns(change.netns, destroySocketsWords(change.filter)));
    case 'fill-conntrack': {
      const { netns, source, mark, leaveFree, lifeSeconds } = change;
      const what = `assured entries from ${source}.0.0/16 with mark ${mark} for ${lifeSeconds} s, until ${leaveFree} are free`;
      return `${inside(netns, fillWords)}  # ${what}`;
    }
    default: {
      const { netns, family, words } = ipCommand(change);
      return ['ip', ...familyFlag(family), ...netnsFlag(netns), ...words].join(' ');
    }
  }
}

function inside(netns: string, words: readonly string[], input?: string): string {
  const command = inNetns(netns, words).join(' ');
  return input === undefined ? command : `${command} <<'END'\n${input}END`;
}

/** The whole plan, one command per line. */
export function shellScript(plan: Plan): string {
  return plan.map((step) => `${shellCommand(step.change)}\n`).join('');
}
