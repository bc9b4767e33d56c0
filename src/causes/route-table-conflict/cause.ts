// Two agents fight over a policy-routing rule: while it stands a same-node flow crosses the node twice and the server sees a
// rewritten port, while it is missing the server sees the client's own. Each flip moves the flow to a port nobody knows.
import { ruleIdentity } from '../../diagnose/connections/change-index.ts';
import type { Story } from '../../diagnose/connections/story.ts';
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['server-kernel', 'client-kernel'],
  shownBy: [['rule moved the port', 'was reset']],
  suggestedBy: [['rule changed', 'RST without a socket']],
  contradictedBy: [
    'idle bound parts them',
    'not was reset',
    'not rule moved the port',
    'entry deleted by a program',
    'entry expired',
    'endpoint changed',
    'sent to another endpoint',
    'listener closed',
    'RST made on the node',
  ],
  sentence(stories) {
    const story = stories.find((one) => one.ruleChanges.length > 0);
    const rule = story?.ruleChanges.at(-1);
    if (story === undefined || rule === undefined) return 'A routing rule changed under live connections.';
    const [deleted, added] = countFlips(story, ruleIdentity(rule));
    return (
      `On ${rule.node} the rule "${rule.preference}: ${rule.selector} lookup ${rule.table ?? ''}" was deleted ${deleted} and added ` +
      `${added} times. While it stands, a same-node flow leaves the node and comes back, and a second conntrack entry gives it ` +
      `another source port; each change moves live connections to a port that the server has no socket for, and the server's ` +
      `kernel answers with RST.`
    );
  },
});

function countFlips({ ruleHistory }: Story, identity: string): [deleted: number, added: number] {
  const same = ruleHistory.filter((change) => ruleIdentity(change) === identity);
  const deleted = same.filter((change) => change.change === 'deleted').length;
  return [deleted, same.length - deleted];
}
