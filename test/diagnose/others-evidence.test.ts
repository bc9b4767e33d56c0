// Evidence in which none of our programs was at both ends: what the nodes saw of anybody's connections, and a server in the watched
// namespace itself. Each with the answer that is known to be right.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose, diagnoseWire } from '../../src/diagnose/diagnose.ts';
import { nodeEventSchema, type NodeEvent } from '../../src/model/node-event.ts';
import { probeEventSchema, type ProbeEvent } from '../../src/model/probe-event.ts';
import type { Finding } from '../../src/model/run-record.ts';

const cases = resolve(import.meta.dirname, '../recorded/cases');

function lines(...path: string[]): unknown[] {
  const text = gunzipSync(readFileSync(join(cases, ...path))).toString();
  return text.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]));
}

const nodesOf = (name: string): NodeEvent[] =>
  lines(name, 'node.ndjson.gz').map((line) => nodeEventSchema.parse(line));

const told = ({ cause, author, certainty, connections }: Finding) => ({
  cause,
  author,
  certainty,
  connections,
});

describe('a plain program’s connections that a node watched', () => {
  it('are reset by the server’s kernel when a routing rule comes and goes', () => {
    assert.deepEqual(diagnoseWire(nodesOf('foreign-conflict'), causeModels).map(told), [
      {
        cause: 'route-table-conflict',
        author: 'server-kernel',
        certainty: { author: 'proven', cause: 'proven' },
        connections: 18,
      },
    ]);
  });

  it('are rejected by a rule of the node: six that lived, thirty-three that began', () => {
    const [finding, ...others] = diagnoseWire(nodesOf('foreign-reject'), causeModels);
    assert.deepEqual(others, []);
    assert.deepEqual(finding && told(finding), {
      cause: 'policy-reject',
      author: 'node-rule',
      certainty: { author: 'proven', cause: 'proven' },
      connections: 39,
    });
  });
});

describe('a server in the watched namespace itself', () => {
  const nodes = nodesOf('local-server-unread');
  const probes = lines('local-server-unread', 'client.ndjson.gz').map((line): ProbeEvent =>
    probeEventSchema.parse(line),
  );

  for (const [how, found] of [
    ['by its client', () => diagnose({ probes, nodes }, causeModels)],
    ['by the wire alone', () => diagnoseWire(nodes, causeModels)],
  ] as const)
    it(`aborted the connections itself, told ${how}: no rule did`, () => {
      const [finding, ...others] = found();
      assert.deepEqual(others, []);
      assert.equal(finding?.cause, 'server-aborted');
      assert.equal(finding.author, 'server-application');
      assert.equal(finding.connections, 15);
      assert.ok(
        finding.exclusions.some(({ author, basis }) => author === 'node-rule' && basis === 'physics'),
      );
    });

  it('is not said to have aborted when its kernel counted none: a program with the right destroyed the sockets', () => {
    const uncounted = nodes.map((event) => {
      if (event.event !== 'counters') return event;
      const kept = Object.entries(event.changes).filter(([name]) => !name.startsWith('TcpExtTCPAbort'));
      return { ...event, changes: Object.fromEntries(kept) };
    });
    const [finding] = diagnose({ probes, nodes: uncounted }, causeModels);
    assert.equal(finding?.author, 'privileged-program');
    assert.deepEqual([finding.cause, finding.certainty?.cause], ['socket-destroyed', 'likely']);
  });
});
