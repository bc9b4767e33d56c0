// One lost connection told by itself: who, with the process, and why, as for many.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../../src/causes/index.ts';
import { createProbeReader } from '../../../src/diagnose/connections/lost-by-probes.ts';
import { createNodeReader } from '../../../src/diagnose/connections/node-timeline.ts';
import { lostByNodes } from '../../../src/diagnose/connections/lost-by-nodes.ts';
import { explainEach } from '../../../src/diagnose/diagnose.ts';
import { tellOne } from '../../../src/diagnose/why/tell-one.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import {
  afterwards,
  atClient,
  atServer,
  exits,
  hasNoSocket,
  isKilled,
  losesByReset,
  isTaken,
  kernel,
  keptInVain,
  known,
  serverAborts,
} from '../kernel-events.ts';

/** All that was told of each connection that the kernels' words show to be lost. */
function told(...nodes: readonly NodeEvent[]) {
  const reader = createNodeReader(null);
  for (const event of [...known, ...kernel, ...nodes, afterwards]) reader.add(event);
  const timeline = reader.timeline();
  const explained = explainEach(
    lostByNodes(timeline).lost,
    createProbeReader().timeline(),
    timeline,
    causeModels,
  );
  return explained.flatMap(({ examined }) => examined.map(tellOne));
}
const who = (...nodes: readonly NodeEvent[]) => told(...nodes).map(({ author }) => author);

describe('who ended one connection, in words', () => {
  it('is the process that closed it, and how', () => {
    assert.deepEqual(who(serverAborts()), [
      "the server's application: redis-server (pid 4711) closed it with input unread",
    ]);
    assert.deepEqual(who(serverAborts('TCP_STATE')), [
      "the server's application: redis-server (pid 4711) closed it with linger 0",
    ]);
  });

  it('is the process that ended', () => {
    assert.deepEqual(who(isKilled(9), exits(), serverAborts()), [
      "the end of the server's process: redis-server (pid 4711) ended",
    ]);
  });

  it('is the program that took the socket away, not its owner', () => {
    assert.deepEqual(who(...isTaken(atServer), ...losesByReset(atClient)), [
      'a privileged program that destroyed the socket: ss (pid 99) took the socket from its owner',
    ]);
  });

  it('is a kernel, and what it had no socket for', () => {
    assert.deepEqual(who(hasNoSocket(atServer), ...losesByReset(atClient)), [
      "the server's kernel: no socket for port 40001",
    ]);
    assert.deepEqual(who(keptInVain(), ...losesByReset(atClient)), [
      'a kernel that gave up waiting: nobody answered its keep-alive',
    ]);
  });

  it('has the same certainty, exclusions and evidence as a finding', () => {
    const [one, another] = told(serverAborts(), ...losesByReset(atClient));
    assert.ok(one !== undefined && another === undefined);
    const { finding, server, client } = one;
    assert.deepEqual([server?.command, client], ['redis-server', null]);
    assert.deepEqual(
      [finding.connections, finding.author, finding.certainty?.author],
      [1, 'server-application', 'proven'],
    );
    assert.ok(
      finding.exclusions.some(({ because }) => because.includes("the server's own process closed it")),
    );
    assert.ok(finding.evidence.some(({ source }) => source === 'kernel-events'));
  });
});
