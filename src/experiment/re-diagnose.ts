// The diagnosis of what was recorded, wherever it came from: folders of runs, event files, captures that others made.
import { createReadStream } from 'node:fs';
import { basename, extname } from 'node:path';
import { causeModels } from '../causes/index.ts';
import { createProbeReader, type ProbeTimeline } from '../diagnose/connections/incidents.ts';
import { createNodeReader } from '../diagnose/connections/node-timeline.ts';
import { clientAddresses, explain } from '../diagnose/diagnose.ts';
import { messageOf, Problem } from '../model/problem.ts';
import { missingSentence, missingWitnesses } from '../model/missing-witness.ts';
import type { PacketEvent, SourceEvent } from '../model/node-event.ts';
import type { Finding } from '../model/run-record.ts';
import { createCaptureFile } from '../packets/capture-file.ts';
import { isProbes, readLogs } from '../run-folder/event-log.ts';
import { findFiles } from '../run-folder/find-files.ts';
import { placeOfFile } from '../run-folder/layout.ts';
import { shellQuote } from '../system/shell-quote.ts';
import { createNodeNames, renamed, type NodeNames } from './node-names.ts';

export interface Diagnosis {
  /** Connections that failed. */
  readonly failures: number;
  /** Connections that never had an answer: none was lost, and yet nobody reaches that server. */
  readonly neverAnswered: number;
  readonly findings: readonly Finding[];
  readonly read: { readonly probeEvents: number; readonly nodeEvents: number; readonly brokenLines: number };
  /** What was read and what was left out, one sentence each. */
  readonly notes: readonly string[];
}

/** Throws a usage Problem for paths that cannot be read, or that hold no probe event. */
export async function diagnosePaths(paths: readonly string[]): Promise<Diagnosis> {
  const { logs, captures } = await findFiles(paths);
  const probes = createProbeReader();
  const ofProbes = await readLogs(logs, 'probes', (event, log) => {
    if (isProbes(event)) probes.add(event, log);
  });
  if (ofProbes.events === 0) {
    const ofNodesAlone = await readLogs(logs, 'nodes', () => undefined);
    if (ofNodesAlone.events > 0) throw evidenceAlone(paths);
    throw new Problem(
      'usage',
      `there are no probe events in ${paths.join(', ')} (${logs.length} event files looked at); ` +
        `give it what "netdebug client --events FILE" wrote, or a run's folder.`,
    );
  }
  const timeline = probes.timeline();
  const nodes = createNodeReader(clientAddresses(timeline));
  const sources: SourceEvent[] = [];
  const names = createNodeNames();
  const ofNodes = await readLogs(logs, 'nodes', (read, log) => {
    if (isProbes(read)) return;
    const event = renamed(read, names.nameOf(placeOfFile(log), read.node));
    nodes.add(event);
    if (event.event === 'source') sources.push(event);
  });
  const captureNotes = await readCaptures(captures, names, (event) => nodes.add(event));
  const [probeEvents, nodeEvents] = [ofProbes.events, ofNodes.events];
  const brokenLines = ofProbes.broken + ofNodes.broken;
  const noteIf = (condition: boolean, text: string) => (condition ? [text] : []);
  return {
    failures: timeline.incidents.length,
    neverAnswered: timeline.beforeFirstAnswer.neverAnswered,
    findings: explain(timeline, nodes.timeline(), causeModels),
    read: { probeEvents, nodeEvents, brokenLines },
    notes: [
      `read ${probeEvents} probe events and ${nodeEvents} node events from ${logs.length} files`,
      ...noteIf(
        nodeEvents === 0 && captures.length === 0,
        'no evidence from any node: collect it with "netdebug observe"',
      ),
      ...firstAnswerNotes(timeline.beforeFirstAnswer),
      ...noteIf(brokenLines > 0, `${brokenLines} lines hold no event of this version and were left out`),
      ...noteIf(ofProbes.cutOff > 0, `the last line of ${ofProbes.cutOff} files is cut off and was left out`),
      ...captureNotes,
      ...names.notes(),
      ...missingWitnesses(sources).map(missingSentence),
    ],
  };
}

/** Evidence of nodes explains connections that a client lost; by itself it can be looked at. */
function evidenceAlone(paths: readonly string[]): Problem {
  const folder = paths.find((path) => extname(path) === '');
  const see =
    folder === undefined
      ? ''
      : `see it with "${shellQuote(['netdebug', 'report', folder, '--format', 'html'])}", or `;
  return new Problem(
    'usage',
    `${paths.join(', ')} has what nodes saw, and no events of clients, whose lost connections a diagnosis explains; ` +
      `${see}give a client's events as well: ` +
      `"${shellQuote(['netdebug', 'diagnose', 'CLIENT.ndjson', ...paths])}".`,
  );
}

function firstAnswerNotes({ attempts, neverAnswered }: ProbeTimeline['beforeFirstAnswer']): string[] {
  if (attempts === 0) return [];
  const what = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  return [
    `${what} failed before the first answer, which is no lost connection`,
    ...(neverAnswered === 0 ? [] : [`${neverAnswered} of the connections never had an answer`]),
  ];
}

const pieceSize = 1 << 18;

/**
 * Reads the files one after the other, each as evidence of a node of its own that is named like it; one sentence for each says what
 * was in it.
 */
async function readCaptures(
  files: readonly string[],
  names: NodeNames,
  take: (event: PacketEvent) => void,
): Promise<string[]> {
  const notes: string[] = [];
  for (const path of files) {
    const node = names.nameOf(path, basename(path, extname(path)));
    const capture = createCaptureFile({ node, file: path }, take);
    try {
      for await (const piece of createReadStream(path, { highWaterMark: pieceSize })) {
        if (Buffer.isBuffer(piece)) capture.push(piece);
      }
    } catch (error) {
      throw new Problem('usage', `${path} cannot be read: ${messageOf(error)}.`, { cause: error });
    }
    const { packets, kept, limits } = capture.end();
    notes.push(
      [`${path}: ${packets} packets read, ${kept} of them around resets and repetitions`, ...limits].join(
        '; ',
      ),
    );
  }
  return notes;
}
