// The recorded runs of test/recorded/runs, read whole.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { nodeEventSchema, type NodeEvent } from '../../src/model/node-event.ts';
import { probeEventSchema, type ProbeEvent } from '../../src/model/probe-event.ts';

export const recordedRuns = resolve(import.meta.dirname, '../recorded/runs');
export const recordedNodes = ['node-1', 'node-2'];

function lines(...path: string[]): unknown[] {
  const text = gunzipSync(readFileSync(join(recordedRuns, ...path, 'events.ndjson.gz'))).toString();
  return text.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]));
}

export function recordedEvidence(name: string): { probes: ProbeEvent[]; nodes: NodeEvent[] } {
  return {
    probes: lines(name).map((line) => probeEventSchema.parse(line)),
    nodes: recordedNodes.flatMap((node) =>
      lines(name, 'evidence', node).map((line) => nodeEventSchema.parse(line)),
    ),
  };
}
