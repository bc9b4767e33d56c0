// From evidence to findings. It knows nothing of scenarios: what it says must follow from the events alone.
import type { CauseId } from '../model/cause.ts';
import type { EvidenceItem, Finding } from '../model/run-record.ts';
import { explainRouteTableConflict, fixes as routeTableFixes } from './causes/route-table-conflict.ts';
import { confidenceOf } from './explanation.ts';
import type { Explanation } from './explanation.ts';
import { ruleIdentity, tellResets } from './reset-story.ts';
import type { Evidence, ResetStory } from './reset-story.ts';

interface Examiner {
  readonly cause: CauseId;
  readonly explain: (story: ResetStory) => Explanation | undefined;
  readonly fixes: readonly string[];
  readonly sentence: (stories: readonly ResetStory[]) => string;
}

const examiners: readonly Examiner[] = [
  {
    cause: 'route-table-conflict',
    explain: explainRouteTableConflict,
    fixes: routeTableFixes,
    sentence: routeTableSentence,
  },
];

interface Explained {
  readonly story: ResetStory;
  readonly explanation: Explanation;
  readonly confidence: number;
}

/** Explains every reset among the probe events; resets with the same cause become one finding, most resets first. */
export function diagnose(evidence: Evidence): Finding[] {
  const stories = tellResets(evidence);
  const explained = stories.map(explainBest);
  const findings: Finding[] = [];
  for (const examiner of examiners) {
    const own = explained
      .filter((one) => one?.explanation.cause === examiner.cause)
      .filter((one) => one !== undefined);
    if (own.length > 0) findings.push(findingOf(examiner, own));
  }
  const unexplained = stories.filter((_story, index) => explained[index] === undefined);
  if (unexplained.length > 0) findings.push(unknownFinding(unexplained, evidence));
  return findings.sort((a, b) => b.connections - a.connections);
}

function explainBest(story: ResetStory): Explained | undefined {
  const candidates = examiners.flatMap(({ explain }) => {
    const explanation = explain(story);
    return explanation === undefined ? [] : [{ story, explanation, confidence: confidenceOf(explanation) }];
  });
  return candidates.sort((a, b) => b.confidence - a.confidence)[0];
}

function findingOf(examiner: Examiner, own: readonly Explained[]): Finding {
  const confidences = own.map((one) => one.confidence).sort((a, b) => a - b);
  // The clearest reset stands for the others in the report.
  const shown = own.reduce((best, one) => (one.confidence > best.confidence ? one : best));
  return {
    cause: examiner.cause,
    confidence: confidences[Math.floor(confidences.length / 2)] ?? 0,
    classes: classesOf(own.map((one) => one.story)),
    connections: own.length,
    sentence: examiner.sentence(own.map((one) => one.story)),
    evidence: inOrder(shown.explanation.observations.flatMap((observation) => observation.evidence)),
    fixes: [...examiner.fixes],
  };
}

function unknownFinding(stories: readonly ResetStory[], evidence: Evidence): Finding {
  const missing = [
    ...(evidence.nodes.length === 0 ? ['no evidence from any node (netdebug observe)'] : []),
    ...(evidence.probes.some((event) => event.role === 'server') ? [] : ["no events of the server's side"]),
  ];
  const why = missing.length === 0 ? 'nothing that was recorded fits them' : `missing: ${missing.join(', ')}`;
  const [first] = stories;
  return {
    cause: 'unknown',
    confidence: 0,
    classes: classesOf(stories),
    connections: stories.length,
    sentence: `${stories.length} resets are not explained; ${why}.`,
    evidence:
      first === undefined
        ? []
        : [
            {
              source: 'client-events',
              at: first.failed.at,
              text: `${first.failed.syscall} ${first.failed.local ?? '?'}->${first.failed.remote}: ${first.failed.errno}`,
              file: 'events.ndjson',
            },
          ],
    fixes: [],
  };
}

function routeTableSentence(stories: readonly ResetStory[]): string {
  const story = stories.find((one) => one.ruleHistory.length > 0);
  const rule = story?.ruleChanges.at(-1);
  if (story === undefined || rule === undefined) return '';
  const same = story.ruleHistory.filter((change) => ruleIdentity(change) === ruleIdentity(rule));
  const deleted = same.filter((change) => change.change === 'deleted').length;
  return (
    `On ${rule.node} the rule "${rule.preference}: ${rule.selector} lookup ${rule.table ?? ''}" was deleted ${deleted} and added ` +
    `${same.length - deleted} times. While it stands, a same-node flow leaves the node and comes back, and a second conntrack entry ` +
    `gives it another source port; each change moves live connections to a port that the server has no socket for, and the ` +
    `server's kernel answers with RST.`
  );
}

const classesOf = (stories: readonly ResetStory[]) =>
  [...new Set(stories.map((story) => story.failed.class))].sort();

const inOrder = (items: readonly EvidenceItem[]) => items.toSorted((a, b) => a.at.localeCompare(b.at));
