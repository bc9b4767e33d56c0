// Connections that the client's side ended with a RST: its application, the end of its process, or a program that took its socket; and
// what looks like it, and is none of them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { lostByNodes } from '../../src/diagnose/connections/lost-by-nodes.ts';
import { createNodeReader } from '../../src/diagnose/connections/node-timeline.ts';
import { diagnose, diagnoseWire } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { ProbeEvent } from '../../src/model/probe-event.ts';
import type { Finding } from '../../src/model/run-record.ts';
import { aborts, killedClient, serverIsReset } from './facts/own-word-rows.ts';
import {
  afterwards,
  atClient,
  atServer,
  byClient,
  clientAborts,
  isTaken,
  kernel,
  known,
  losesByReset,
  told,
} from './kernel-events.ts';
import {
  asked,
  arrives,
  counters,
  failed,
  laterRound,
  live,
  lost,
  packet,
  question,
  ran,
  talk,
} from './made-by-hand.ts';
import { accepted, at, client } from './story-events.ts';

/** Who and why, and how sure; of what is open, what it may be. */
function said({ cause, author, certainty, rivals }: Finding): string {
  const why =
    certainty?.cause === 'open'
      ? rivals
          .map((one) => one.cause)
          .sort()
          .join(' or ')
      : cause;
  return `${author} ${certainty?.author}: ${why} ${certainty?.cause}`;
}
const byWire = (...nodes: readonly NodeEvent[]) => diagnoseWire(nodes, causeModels).map(said);
const byProbes = (probes: readonly ProbeEvent[], ...nodes: readonly NodeEvent[]) =>
  diagnose({ probes, nodes }, causeModels).map(said);

const more = { ...live, seq: 52, ack: 534 };
/** Out of the client's pod, as a live socket sends it. */
const clientRst = [
  packet(lost - 0.001, ['cali-client', 'in'], asked, 'R.', more),
  packet(lost - 0.00099, ['cali-server', 'out'], arrives, 'R.', { ...more, ttl: 63 }),
];
const asks = question(lost - 0.002, 35);
const capture = ran('capture');
const counted = (changes: Record<string, number>): NodeEvent[] => [
  counters('snmp', client, { TcpInSegs: 1 }, [1.7, 1.8]),
  counters('snmp', client, changes),
  laterRound(client),
  ...ran('snmp'),
];

/** The client's end is closed by its own process, and the peer had said nothing of an end. */
const closesUnread = (state = 'ESTABLISHED') => [
  told(lost - 0.0011, 'set-state', atClient, { ...byClient, state, newState: 'CLOSE' }),
  clientAborts(),
];
const [signalled, exited] = [
  told(lost - 0.002, 'signal', null, { context: 'process', target: byClient.process, number: 9 }),
  told(lost - 0.0015, 'process-exit', null, { ...byClient, target: byClient.process }),
];
const watched = [...known, ...kernel, afterwards];
const all = 'client-aborted or client-died or socket-destroyed';

describe('a client that aborts its connection', () => {
  it('is named where its kernel tells that its process closed it, and lives', () => {
    const found = byWire(...watched, ...closesUnread(), ...losesByReset(atServer));
    assert.deepEqual(found, ['client-application proven: client-aborted proven']);
  });

  it('is named by its own word', () => {
    const found = byProbes(
      [failed(aborts), accepted(1, 40_001)],
      ...talk(),
      ...asks,
      ...clientRst,
      ...capture,
    );
    assert.deepEqual(found, ['client-application proven: client-aborted proven']);
  });

  it('is no process that ends, where that is asked to stop only afterwards', () => {
    const [asked, gone] = [signalled, exited].map((event, index) => ({
      ...event,
      at: at(lost + 0.05 + index / 100),
    }));
    const nodes = [...watched, ...closesUnread(), ...losesByReset(atServer), asked, gone] as NodeEvent[];
    for (const found of byWire(...nodes)) assert.doesNotMatch(found, /client-died (likely|proven)/);
    assert.deepEqual(byProbes([failed(aborts)], ...nodes), [
      'client-application proven: client-aborted proven',
    ]);
  });

  it('is one of three where packets alone tell of it', () => {
    assert.deepEqual(byWire(...talk(), ...asks, ...clientRst, ...capture), [`unknown open: ${all} open`]);
  });

  it('or had its process killed, where its kernel counted the abort: nobody took its socket', () => {
    const found = byWire(
      ...[...talk(), ...asks, ...clientRst, ...capture],
      ...counted({ TcpOutRsts: 1, TcpExtTCPAbortOnData: 1 }),
    );
    assert.deepEqual(found, ['unknown open: client-aborted or client-died open']);
  });

  it('lacks nothing where it had its answer, or where its peer had gone before: nothing is lost', () => {
    const benign = (...nodes: readonly NodeEvent[]) => {
      const reader = createNodeReader(null);
      for (const event of nodes) reader.add(event);
      const found = lostByNodes(reader.timeline());
      return [found.lost.length, found.benign];
    };
    assert.deepEqual(benign(...talk(), ...clientRst, ...capture), [0, 1]);
    const heard = told(lost - 0.05, 'set-state', atClient, { state: 'ESTABLISHED', newState: 'CLOSE_WAIT' });
    assert.deepEqual(benign(...watched, heard, ...closesUnread('CLOSE_WAIT')), [0, 0]);
  });

  it('loses its server something where the answer is thrown away unread, which packets do not show', () => {
    const found = byWire(
      ...watched,
      ...talk(),
      ...clientRst,
      ...capture,
      ...closesUnread(),
      counters('snmp', client, { TcpOutRsts: 1, TcpExtTCPAbortOnClose: 1 }),
      ...losesByReset(atServer),
    );
    assert.deepEqual(found, ['client-application proven: client-aborted proven']);
  });
});

describe('a client that dies', () => {
  it('is named where its kernel tells of the signal', () => {
    const found = byWire(...watched, signalled, exited, ...closesUnread(), ...losesByReset(atServer));
    assert.deepEqual(found, ['client-process-died proven: client-died proven']);
  });

  it('is told by its server where both write down what they live through: it wrote nothing', () => {
    const [found, ...others] = byProbes(killedClient(serverIsReset()));
    assert.deepEqual(others, []);
    assert.match(found ?? '', /: client-died likely$/);
  });

  it('loses nothing where the server read an orderly end, or where the client wrote that it ended in order', () => {
    const eof: ProbeEvent = { ...serverIsReset(), failure: 'closed', errno: 'EOF' } as ProbeEvent;
    assert.deepEqual(byProbes(killedClient(eof)), []);
    const { local, remote, slot, connection } = failed() as Extract<ProbeEvent, { event: 'failed' }>;
    const finished: ProbeEvent = {
      ...{ event: 'finished', role: 'client', class: 'here', at: failed().at, loopDelayMs: 0 },
      ...{ local, remote, slot, connection, livedMs: 1_000, answers: 3 },
    };
    assert.deepEqual(byProbes(killedClient(finished, serverIsReset())), []);
  });
});

describe('a program that takes the client’s socket', () => {
  it('is named by the kernel’s word', () => {
    const found = byWire(...watched, ...isTaken(atClient), ...losesByReset(atServer));
    assert.deepEqual(found, ['privileged-program proven: socket-destroyed proven']);
  });

  it('is named by the word of the client, who reads ECONNABORTED', () => {
    assert.deepEqual(byProbes([failed({ errno: 'ECONNABORTED' })]), [
      'privileged-program proven: socket-destroyed proven',
    ]);
  });

  it('is likely where the client’s kernel counted its RST, and no abort', () => {
    const [found] = byWire(...talk(), ...asks, ...clientRst, ...capture, ...counted({ TcpOutRsts: 1 }));
    assert.match(found ?? '', /^privileged-program likely: socket-destroyed likely$/);
  });
});

it('a client’s kernel that has no socket for what comes is none of them', () => {
  const bare = clientRst.map((one) => ({ ...one, flags: 'R', window: 0, hasTimestampOption: false }));
  for (const found of byWire(...talk(), ...asks, ...bare, ...capture))
    assert.doesNotMatch(found, /client-aborted|client-died|socket-destroyed/);
});
