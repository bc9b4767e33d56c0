// The diagnosis of what was recorded, wherever it came from: folders of runs, event files, captures that others made.
import type { Readable } from 'node:stream';
import { causeModels } from '../causes/index.ts';
import { alignClients } from '../diagnose/connections/client-clock.ts';
import { createProbeReader, type ProbeTimeline } from '../diagnose/connections/lost-by-probes.ts';
import type { LostConnection } from '../diagnose/connections/lost-connection.ts';
import { lostByNodes, type SeenByNodes } from '../diagnose/connections/lost-by-nodes.ts';
import { createNodeReader } from '../diagnose/connections/node-timeline.ts';
import { clientAddresses, explainEach, type Explained } from '../diagnose/diagnose.ts';
import type { DiagnosisRecord } from '../model/diagnosis-record.ts';
import { Problem } from '../model/problem.ts';
import { missingSentence, missingWitnesses } from '../model/missing-witness.ts';
import type { SourceEvent } from '../model/node-event.ts';
import { isProbes, readLogs } from '../run-folder/event-log.ts';
import { findFiles } from '../run-folder/find-files.ts';
import { placeOfFile } from '../run-folder/layout.ts';
import { annotateCaptures } from './annotate-captures.ts';
import { decidingCommand, withDecidingCommands } from './deciding-command.ts';
import { captureInput } from './capture-input.ts';
import { drawn } from './drawing/drawn-findings.ts';
import { createNodeNames, renamed } from './node-names.ts';
import { readCaptures } from './read-captures.ts';

/** Each costs some kilobytes of memory until the findings are there. */
const defaultMostExplained = 100_000;

export interface DiagnosisOptions {
  /** What the path `-` stands for. */
  readonly stdin?: () => Readable;
  /** Where the packets of the lost connections are to be written again, with what was found beside them. */
  readonly annotate?: string;
  /** Lost connections that are explained one by one; more are only counted, and it is said how many. */
  readonly mostExplained?: number;
}

/**
 * Throws a usage Problem for paths that cannot be read, or that hold neither events nor packets.
 */
export async function diagnosePaths(
  paths: readonly string[],
  { stdin = nothingToRead, annotate, mostExplained = defaultMostExplained }: DiagnosisOptions = {},
): Promise<DiagnosisRecord> {
  const { logs, captures: files, streams } = await findFiles(paths);
  const ofFiles = files.map((path) => captureInput(path, stdin));
  const ofStreams = streams.map((path) => captureInput(path, stdin));
  const captures = [...ofFiles, ...ofStreams];
  if (annotate !== undefined) refuseToAnnotate(captures.length, streams);
  const probes = createProbeReader();
  const ofProbes = await readLogs(logs, 'probes', (event, log) => {
    if (isProbes(event)) probes.add(event, log);
  });
  const timeline = probes.timeline();
  // Without a client's own account, the connections of anybody are looked for on the wire.
  const nodes = createNodeReader(ofProbes.events === 0 ? null : clientAddresses(timeline));
  const sources: SourceEvent[] = [];
  const names = createNodeNames();
  const ofNodes = await readLogs(logs, 'nodes', (read, log) => {
    if (isProbes(read)) return;
    const event = renamed(read, names.nameOf(placeOfFile(log), read.node));
    nodes.add(event);
    if (event.event !== 'source') return;
    sources.push(event);
    if (event.machine !== undefined) names.watched(placeOfFile(log), read.node, event.machine);
  });
  const ofCaptures = await readCaptures(captures, new Set(ofStreams), names, (event) => nodes.add(event));
  const [probeEvents, nodeEvents] = [ofProbes.events, ofNodes.events];
  if (probeEvents + nodeEvents === 0 && captures.length === 0) {
    throw new Problem(
      'usage',
      `there are neither events nor captures in ${paths.join(', ')} (${logs.length} event files looked at); ` +
        `give it a run's folder, what "netdebug observe" or "netdebug client --events FILE" wrote, or a capture.`,
    );
  }
  const nodeTimeline = nodes.timeline();
  const wire = probeEvents === 0 ? lostByNodes(nodeTimeline) : null;
  const lost = wire?.lost ?? alignClients(timeline.lost, nodeTimeline);
  const looked = lost.slice(0, mostExplained);
  const explained = explainEach(looked, timeline, nodeTimeline, causeModels);
  const notLookedAt = lost.length - looked.length;
  const annotated = annotate === undefined ? 0 : await annotateCaptures(annotate, ofFiles, explained);
  const brokenLines = ofProbes.broken + ofNodes.broken;
  const noteIf = (condition: boolean, text: string) => (condition ? [text] : []);
  const findings = drawn(explained);
  return {
    ...{ schemaVersion: 2, kind: 'diagnose', scenario: null, verdict: null, classes: [] },
    paths: [...paths],
    counts: {
      // What was closed in order while nothing was asked is in no finding, and was not lost.
      lost: findings.reduce((sum, { connections }) => sum + connections, notLookedAt),
      benign: wire?.benign ?? null,
      stalled: wire?.stalled ?? null,
      neverAnswered: timeline.beforeFirstAnswer.neverAnswered,
    },
    findings: withDecidingCommands(findings),
    unread: ofCaptures.unread,
    toDecide: decidingCommand(findings),
    read: { probeEvents, nodeEvents, brokenLines },
    notes: [
      ...noteIf(
        logs.length > 0,
        `read ${probeEvents} probe events and ${nodeEvents} node events from ${counted(logs.length, 'file')}`,
      ),
      ...noteIf(
        nodeEvents === 0 && captures.length === 0,
        'no evidence from any node: collect it with "netdebug observe"',
      ),
      ...noteIf(
        notLookedAt > 0,
        `the first ${mostExplained} lost connections are explained; ${notLookedAt} more are counted, not explained one by one`,
      ),
      ...wireNotes(wire),
      ...orderlyNotes(looked, explained),
      ...firstAnswerNotes(timeline.beforeFirstAnswer),
      ...noteIf(brokenLines > 0, `${brokenLines} lines hold no event of this version and were left out`),
      ...noteIf(ofProbes.cutOff > 0, `the last line of ${ofProbes.cutOff} files is cut off and was left out`),
      ...ofCaptures.notes,
      ...(annotate === undefined
        ? []
        : [`${annotate}: ${annotated} packets of lost connections, with what was found of them`]),
      ...names.notes(),
      ...missingWitnesses(sources).map(missingSentence),
    ],
  };
}

function wireNotes(wire: SeenByNodes | null): string[] {
  if (wire === null) return [];
  const { benign, stalled } = wire;
  return [
    'no events of a client: the connections are those that the packets show to have been lost',
    ...(benign === 0
      ? []
      : [`not lost: ${counted(benign, 'connection')} ended with a RST that nobody lost anything by`]),
    ...(stalled === 0
      ? []
      : [
          `not counted as lost: ${counted(stalled, 'connection')} stalled at the end, sent again and again, unanswered`,
        ]),
  ];
}

function orderlyNotes(ended: readonly LostConnection[], explained: readonly Explained[]): string[] {
  const told = explained.reduce((sum, { examined }) => sum + examined.length, 0);
  const orderly = ended.length - told;
  if (orderly === 0) return [];
  return [`not lost: ${counted(orderly, 'connection')} closed by the peer in order while nothing was asked`];
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function firstAnswerNotes({ attempts, neverAnswered }: ProbeTimeline['beforeFirstAnswer']): string[] {
  if (attempts === 0) return [];
  const what = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  return [
    `${what} failed before the first answer, which is no lost connection`,
    ...(neverAnswered === 0 ? [] : [`${neverAnswered} of the connections never had an answer`]),
  ];
}

/** The packets are read a second time, which a pipe does not allow. */
function refuseToAnnotate(captures: number, streams: readonly string[]): void {
  const [stream] = streams;
  if (stream !== undefined)
    throw new Problem(
      'usage',
      `${stream} can be read only once; to annotate its packets, save them in a file.`,
    );
  if (captures === 0)
    throw new Problem('usage', 'there is no capture here whose packets could be annotated.');
}

function nothingToRead(): never {
  throw new Problem('usage', 'there is no standard input here; name a file.');
}
