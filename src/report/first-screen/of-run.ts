// The first screen of a run, in the lab or on a cluster.
import type { FirstScreen } from '../../model/first-screen.ts';
import type { Outcome, RunRecord } from '../../model/run-record.ts';
import { answerOfFinding } from './answer-of-finding.ts';
import { endedCount, endedWords, kindsOf } from './ended-words.ts';
import { headlineOf } from './headline.ts';
import { lossesOfRun, onlySide, type RunLosses } from './losses-of-run.ts';

export function firstScreenOfRun(run: RunRecord): FirstScreen {
  const losses = lossesOfRun(run);
  const headline = losses.lost > 0 ? lostHeadline(run, losses) : unlostHeadline(run, losses);
  return {
    headline,
    tone: losses.lost > 0 ? 'lost' : isSure(run, losses) ? 'well' : 'unsure',
    answers: run.findings.map((finding) => answerOfFinding(finding)),
    next: losses.lost > 0 ? null : runLonger(run),
    expected: expectedOf(run),
  };
}

function lostHeadline(run: RunRecord, losses: RunLosses): string {
  const { lost, ended, attempts, inOrder, others, neverAnswered } = losses;
  const side = onlySide(run);
  const was = (count: number) => (count === 1 ? 'was' : 'were');
  const failed = endedCount(attempts);
  const [kind, another] = kindsOf(attempts);
  const how = kind !== undefined && another === undefined ? attempts : { other: failed };
  const unreset = ended !== null && (ended.reset ?? 0) + (attempts.reset ?? 0) === 0;
  return headlineOf([
    endedWords(lost, ended, side === null ? {} : { adjective: `${side} ` }),
    ...(failed === 0
      ? []
      : [endedWords(failed, how, { noun: 'attempt' }).replace(/ attempts?/, '$& to reconnect')]),
    ...(inOrder === 0 ? [] : [`${inOrder} more ${was(inOrder)} closed in order`]),
    ...(others === 0 ? [] : [`${others} more ended: closed in order, or failed to reconnect`]),
    ...(neverAnswered === 0 ? [] : [`${neverAnswered} never had an answer`]),
    ...(side !== null && lost === endedInAll(losses)
      ? [`no ${side === 'same-node' ? 'cross-node' : 'same-node'} connection was lost`]
      : []),
    ...(side === null && unreset ? ['none was reset'] : []),
  ]);
}

const endedInAll = ({ lost, attempts, inOrder, others }: RunLosses): number =>
  lost + endedCount(attempts) + inOrder + others;

function unlostHeadline(run: RunRecord, { inOrder, neverAnswered }: RunLosses): string {
  const { classes, workload, complete } = run;
  if (neverAnswered > 0) {
    const all = classes.reduce((sum, { connections }) => sum + connections, 0);
    return headlineOf([
      `${neverAnswered} of ${all} connections never had an answer`,
      'see that the server can be reached',
    ]);
  }
  const whose = workload === undefined ? '' : ` of ${workload}`;
  const closed = inOrder === 0 ? [] : [`${inOrder} ${inOrder === 1 ? 'was' : 'were'} closed in order`];
  if (!complete)
    return headlineOf([`no connection${whose} was lost until the run was broken off`, ...closed]);
  if (isDecided(run)) return headlineOf([`no connection${whose} was lost`, ...closed]);
  const why =
    run.verdict.basis === undefined ? 'not every class was answered' : 'the run was too short to rule it out';
  return headlineOf([`no connection${whose} was lost, but ${why}`, ...closed]);
}

/** Programs that are not ours are not compared. */
const isDecided = ({ verdict, workload }: RunRecord): boolean =>
  workload !== undefined || verdict.outcome === 'none';

const isSure = (run: RunRecord, { neverAnswered }: RunLosses): boolean =>
  neverAnswered === 0 && run.complete && isDecided(run);

/** The same run for as long as it takes; null where that is not known, or not the way. */
function runLonger(run: RunRecord): FirstScreen['next'] {
  const { kind, scenario, factors, variant, fix, verdict, durationSeconds } = run;
  const need = verdict.basis?.needSeconds ?? null;
  if (verdict.outcome !== 'inconclusive' || need === null) return null;
  const duration = ['--duration', `${Math.ceil(durationSeconds + need)}s`];
  if (kind === 'cluster') return { where: null, command: ['netdebug cluster run', ...duration].join(' ') };
  if (kind !== 'lab' || scenario === null) return null;
  const off = Object.entries(factors).filter(([, on]) => !on);
  const words = [
    ...[`netdebug lab run ${scenario}`, ...off.flatMap(([name]) => ['--without', name])],
    ...(variant === undefined || variant === null ? [] : ['--variant', variant]),
    ...(fix === null ? [] : ['--fix', fix]),
    ...duration,
  ];
  return { where: null, command: words.join(' ') };
}

const outcomeWords: Readonly<Record<Outcome, string>> = {
  'co-located-only': 'only same-node connections are reset',
  'remote-only': 'only cross-node connections are reset',
  both: 'same-node and cross-node connections are reset',
  none: 'no connection is reset',
  inconclusive: 'whether any is reset is not decided',
};

const inFull = (outcome: Outcome): string => `${outcomeWords[outcome]} (${outcome})`;

function expectedOf({ expected, verdict, findings }: RunRecord): FirstScreen['expected'] {
  if (expected === undefined) return null;
  const { met } = expected;
  if (expected.of === 'outcome') {
    const words = met
      ? `as expected: ${inFull(expected.value)}`
      : `not as expected: ${inFull(verdict.outcome)}, where ${expected.value} was expected`;
    return { met, words };
  }
  const wanted = expected.value ?? 'nothing wrong';
  const found = [...new Set(findings.map(({ cause }) => cause))].join(', ') || 'nothing';
  const words = met
    ? `as expected: ${wanted}`
    : `not as expected: found ${found}, where ${wanted} was expected`;
  return { met, words };
}
