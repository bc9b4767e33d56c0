// What docs/report.md shows: the recorded run of each scenario, a capture by somebody else, and a watch, made anew from their evidence.
import { withDecidingCommands } from '../../src/experiment/deciding-command.ts';
import { createPageState } from '../../src/experiment/watch/page-state.ts';
import { scenariosEverywhere } from '../../src/lab/scenarios/index.ts';
import type { Scenario } from '../../src/model/scenario.ts';
import { firstScreenOfDiagnosis } from '../../src/report/first-screen/of-diagnosis.ts';
import { firstScreenOfRun } from '../../src/report/first-screen/of-run.ts';
import { firstScreenOfWatch } from '../../src/report/first-screen/of-watch.ts';
import { html } from '../../src/report/formats/html.ts';
import { text } from '../../src/report/formats/text.ts';
import { renderWatchPage } from '../../src/report/html/watch-page.ts';
import { createLossFolds } from '../../src/report/watch-folds.ts';
import { lossLines, summaryLines } from '../../src/report/watch-text.ts';
import { recordedEvents, replay } from '../../test/experiment/watch/replay.ts';
import { findingsOf, viewOf } from '../../test/report/drawn-runs.ts';
import { unexpectingRecord } from '../../test/report/first-screen/recorded-records.ts';
import { recordedDiagnosis } from '../../test/report/recorded.ts';
import { style, type ShownPage } from './shown-page.ts';

export async function shownPages(): Promise<ShownPage[]> {
  return [...scenariosEverywhere.map(ofScenario), await ofCapture(), ofWatch()];
}

const linesOf = (printed: string): string[] => printed.trimEnd().split('\n');

function ofScenario({ name, about }: Scenario): ShownPage {
  const findings = withDecidingCommands([...findingsOf(name)]);
  const record = { ...unexpectingRecord(name), findings };
  return {
    ...{ name, heading: name, about },
    command: `bin/netdebug lab run ${name} --expect any --connections 2 --duration 5s`,
    printed: linesOf(text.renderRun(record, style)),
    screen: firstScreenOfRun(record),
    html: html.renderRun({ view: viewOf(name, record), proofs: [] }),
  };
}

async function ofCapture(): Promise<ShownPage> {
  const diagnosis = await recordedDiagnosis('any-v6.pcap');
  return {
    ...{ name: 'capture', heading: 'A capture by somebody else' },
    about: 'somebody captured on a server’s node, and nothing else is known of the connection',
    command: 'bin/netdebug diagnose any-v6.pcap --html report.html',
    printed: linesOf(text.renderDiagnosis(diagnosis, style)),
    screen: firstScreenOfDiagnosis(diagnosis),
    html: html.renderDiagnosis(diagnosis),
  };
}

/** With programs that are not ours, whose connections a rule rejects. */
function ofWatch(): ShownPage {
  const events = recordedEvents('cases', 'foreign-reject', 'node.ndjson.gz');
  const { losses, lines, now } = replay(events);
  const summary = losses.summary(now);
  const folds = createLossFolds();
  const told = lines.flatMap(({ line, saidAt }) => {
    folds.take([line]);
    return folds.due(saidAt / 1_000);
  });
  const state = createPageState(summary.node, summary.from);
  state.take(lines.map(({ line }) => line));
  state.end(summary);
  return {
    ...{ name: 'watch', heading: 'A watch' },
    about: 'programs that are not ours hold connections, and somebody writes a rule that rejects',
    command: 'bin/netdebug watch --html report.html',
    printed: [
      ...[...told, ...folds.rest()].flatMap((one) => lossLines(one, style)),
      ...summaryLines(summary, style),
    ],
    screen: firstScreenOfWatch(summary),
    html: renderWatchPage(state.view()),
  };
}
