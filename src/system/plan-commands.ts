// A plan as commands that a person could type, for --dry-run and for error messages.
import type { Change, Plan } from '../model/plan.ts';
import { ipCommand } from './ip.ts';
import { restoreText, sysctlWords } from './iptables.ts';

/** One change as a shell command line; iptables-restore gets its rules as a here-document. */
export function shellCommand(change: Change): string {
  switch (change.do) {
    case 'set-sysctl':
      return ['ip netns exec', change.netns, ...sysctlWords([change])].join(' ');
    case 'load-iptables':
      return `ip netns exec ${change.netns} iptables-restore <<'END'\n${restoreText(change.tables)}END`;
    default: {
      const { netns, words } = ipCommand(change);
      return ['ip', ...(netns === null ? [] : ['-n', netns]), ...words].join(' ');
    }
  }
}

/** The whole plan, one command per line. */
export function shellScript(plan: Plan): string {
  return plan.map((step) => `${shellCommand(step.change)}\n`).join('');
}
