// `netdebug diagnose PATH...`: joins what clients lived through with what nodes saw, from wherever it came, into findings.
import { Command } from 'commander';
import { causeModels } from '../causes/index.ts';
import { clientAddresses, explain } from '../diagnose/diagnose.ts';
import { createProbeReader } from '../diagnose/connections/incidents.ts';
import { createNodeReader } from '../diagnose/connections/node-timeline.ts';
import { jsonDocument } from '../model/json-document.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import type { Finding } from '../model/run-record.ts';
import { findingLines } from '../report/finding-text.ts';
import { visible } from '../report/visible.ts';
import { readCaptures } from '../experiment/captures.ts';
import { findFiles } from '../run-folder/find-files.ts';
import { isProbes, readLogs } from '../run-folder/event-log.ts';

export function command(): Command {
  return new Command('diagnose')
    .description('say who ended each failed connection, and why, from recorded events and evidence')
    .argument(
      '<path...>',
      'folders of runs or of "netdebug observe", event files (*.ndjson), and captures by others (*.pcap, *.pcapng)',
    )
    .option('--json', 'one JSON document on stdout: the findings as in a run record')
    .addHelpText(
      'after',
      `
Examples:
  netdebug diagnose netdebug-runs/20261123-064139-gke-intranode-policy
  netdebug diagnose client.ndjson server.ndjson node-1/ node-2/
  netdebug diagnose client.ndjson tcpdump-of-node-1.pcap

Exit codes: 0 every failed connection is explained or none failed, 2 some are not, 64 nothing to read.`,
    )
    .action(async (paths: string[], flags: { json?: true }) => {
      process.exitCode = await diagnosePaths(paths, flags.json === true);
    });
}

async function diagnosePaths(paths: readonly string[], json: boolean): Promise<number> {
  const files = await findFiles(paths);
  const probes = createProbeReader();
  const ofProbes = await readLogs(files.logs, 'probes', (event, log) => {
    if (isProbes(event)) probes.add(event, log);
  });
  if (ofProbes.events === 0) {
    throw new Problem(
      'usage',
      `there are no probe events in ${paths.join(', ')} (${files.logs.length} event files looked at); ` +
        `give it what "netdebug client --events FILE" wrote, or a run's folder.`,
    );
  }
  const timeline = probes.timeline();
  const nodes = createNodeReader(clientAddresses(timeline));
  const ofNodes = await readLogs(files.logs, 'nodes', (event) => {
    if (!isProbes(event)) nodes.add(event);
  });
  const captureNotes = await readCaptures(files.captures, (event) => nodes.add(event));
  const findings = explain(timeline, nodes.timeline(), causeModels);
  const reading = {
    probeEvents: ofProbes.events,
    nodeEvents: ofNodes.events,
    brokenLines: ofProbes.broken + ofNodes.broken,
  };
  const { logs, captures } = files;
  const notes = [
    `read ${reading.probeEvents} probe events and ${reading.nodeEvents} node events from ${logs.length} files`,
    ...(reading.nodeEvents > 0 || captures.length > 0
      ? []
      : ['no evidence from any node: collect it with "netdebug observe"']),
    ...(reading.brokenLines === 0
      ? []
      : [`${reading.brokenLines} lines hold no event of this version and were left out`]),
    ...(ofProbes.cutOff === 0
      ? []
      : [`the last line of ${ofProbes.cutOff} files is cut off and was left out`]),
    ...captureNotes,
  ];
  process.stdout.write(
    json
      ? jsonDocument({ schemaVersion: 1, findings, read: reading, notes })
      : asText(findings, timeline.incidents.length, notes),
  );
  return findings.some((finding) => finding.cause === 'unknown')
    ? exitCodes.inconclusive
    : exitCodes.finished;
}

function asText(findings: readonly Finding[], failures: number, notes: readonly string[]): string {
  const said = findings.length === 0 ? ['No connection failed: nothing to explain.'] : [];
  const lines = [
    `${failures} failed connections, ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}.`,
    ...said,
    ...findings.flatMap((finding) => ['', ...findingLines(finding)]),
    '',
    ...notes.map((note) => `(${note})`),
  ];
  return `${lines.map(visible).join('\n')}\n`;
}
