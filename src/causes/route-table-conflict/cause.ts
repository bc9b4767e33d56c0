// Two agents fight over a policy-routing rule: while it stands a same-node flow crosses the node twice and the server sees a
// rewritten port, while it is missing the server sees the client's own. Each flip moves the flow to a port nobody knows.
import { ruleIdentity, type Story } from '../../diagnose/connections/story.ts';
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  author: 'server-kernel',
  needs: ['rule moved the port'],
  weights: {
    'rule moved the port': [7, -6],
    'reset for another port': [1.5, -1],
    'entry deleted by a program': [-5, 0.5],
    'entry expired': [-4, 0.3],
    // An answer that was under way when the rule went is not translated back, and the client's kernel resets the server.
    'reset came from the server': [0.5, -2],
    'reset of a missing socket': [0.5, -3],
    'endpoint changed': [-2, 0],
    'was reset': [0.5, -5],
    'failed while idle': [-2, 0.2],
  },
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
