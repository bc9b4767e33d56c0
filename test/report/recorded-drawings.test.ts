// What is drawn of every recorded run: the way says where the packet stopped and who answered, the ladder shows the same packets.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnoseDrawn } from '../../src/experiment/drawing/drawn-findings.ts';
import { runRecordSchema, type RunRecord } from '../../src/model/run-record.ts';
import { createCollector } from '../../src/report/collect/collector.ts';
import { ladderLines } from '../../src/report/ladder-lines.ts';
import { packetLadder } from '../../src/report/html/sections/packet-ladder.ts';
import { plainStyle } from '../../src/report/text-style.ts';
import { journeySection } from '../../src/report/html/sections/way-of-a-packet.ts';
import { recordedEvidence, recordedRuns } from '../diagnose/recorded.ts';
import { drawnRecord, findingsOf, recordOf, viewOf } from './drawn-runs.ts';

const names = readdirSync(recordedRuns).sort();
/** The part of the page that draws the way, of a record with these findings. */
const wayOf = (name: string, record: RunRecord): string => journeySection(viewOf(name, record)).text;

const words = (html: string): string =>
  html
    .replace(/<svg.*?<\/svg>/gs, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&#39;', "'")
    .replace(/\s+/g, ' ')
    .replace(/ ([,.;:])/g, '$1');

const drawnWay = (name: string): string => wayOf(name, drawnRecord(name));

/** How the way of the lost connection ends, in each run that lost one. */
const ends: Readonly<Record<string, RegExp>> = {
  'gke-intranode-policy': /sees \S+:60992, but its socket is for port 15592\. Its kernel answers with RST\./,
  'conntrack-entry-deleted': /but its socket is for port 5915\. Its kernel answers with RST\./,
  'conntrack-expired': /but its socket is for port 62625\. Its kernel answers with RST\./,
  'conntrack-invalid':
    /It reaches the server's pod at .* The client's own kernel \(proven\) answers what comes back with RST, first seen at node-1 cali-colocated in\./,
  'conntrack-table-full':
    /4 connections to 10\.48\.14\.50:8080 \(conntrack-table-full\) were never made, .* Nobody answers \(likely\)\./,
  'duplicate-owner': /The server's kernel \(\w+\) answers with RST/,
  'endpoint-replaced':
    /It was last seen at node-1 cali-servernext out, and those before it at node-1 cali-server out\. The server's kernel \(proven\) answers with RST, first seen at node-1 cali-servernext in\./,
  'forged-reset':
    /It stops here: last seen at node-1 eth0 out, and not at node-1 eth0 in, where those before it were seen\. Something between the nodes \(proven\) answers with RST, in the other end's name, first seen at node-1 eth0 in\./,
  'policy-reject':
    /It stops here: last seen at node-1 cali-colocated in, and not at node-1 eth0 out, where those before it were seen\. A rule on the node \(proven\) answers with RST, in the other end's name, first seen at node-1 cali-colocated out\./,
  'probe-stalled':
    /It reaches the server's pod at .* The server's application \(proven\) ends the connection: FIN\./,
  'server-aborted':
    /It reaches the server's pod at .* The server's application \(proven\) ends the connection: RST, first seen at node-1 cali-server in\./,
  'server-process-died':
    /It reaches the server's pod at .* The end of the server's process \(likely\) ends the connection: RST, first seen at node-1 cali-server in\./,
  'silent-drop':
    /It stops here: last seen at node-1 eth0 out, and not at node-1 eth0 in, where those before it were seen\. Nobody answers \(proven\)\./,
  'backlog-overflow':
    /It reaches the server's pod at .* The server's kernel \(likely\) ended the connection\./,
  'client-aborted':
    /It reaches the server's pod at .* The client's application \(proven\) ended the connection\./,
  'client-died':
    /It reaches the server's pod at .* The end of the client's process \(proven\) ends the connection: RST, first seen at node-1 cali-colocated in\./,
  'idle-timeout-between':
    /whether it came there was not seen\. Something between the nodes \(proven\) answers with RST, in the other end's name, first seen at node-2 eth0 in\./,
  'keep-alive-race':
    /It reaches the server's pod at .* The server's application \(proven\) ends the connection: FIN\./,
  'one-way-drop':
    /It reaches the server's pod at .* What it sends back stops: last seen at node-1 eth0 out, and not at node-2 eth0 in, where those before it were seen\. Nobody answers \(proven\)\./,
  'path-mtu-black-hole': /whether it came there was not seen\. Nobody answers \(proven\)\./,
  'peer-host-gone':
    /whether it came there was not seen\. Something between the nodes \(likely\) answers with an ICMP error, in the other end's name\./,
  'port-clash':
    /3 connections to 10.48.14.50:8080 .port-clash. were never made, .* Nobody answers .likely.\./,
  'server-killed-for-memory':
    /It reaches the server's pod at .* The end of the server's process \(proven\) ends the connection: RST, first seen at node-1 cali-server in\./,
  'service-without-endpoints':
    /4 connections to 10\.48\.14\.50:8080 \(service-without-endpoints\) were never made, .* A rule on the node \(likely\) answers with an ICMP error, in the other end's name\./,
  'socket-destroyed':
    /It reaches the server's pod at .* A privileged program that destroyed the socket \(proven\) ends the connection: RST, first seen at node-1 cali-server in\./,
  'translation-changed':
    /It reaches the server's pod at 10\.44\.1\.10:8080, .* The server's kernel \(proven\) answers with RST, first seen at node-2 cali-server2 in\./,
  'untranslated-answer':
    /It reaches the server's pod at .* The client's own kernel \(proven\) answers what comes back with RST, first seen at node-1 cali-colocated in\./,
};

test('every recorded run but the healthy one has its end here', () => {
  assert.deepEqual(
    Object.keys(ends).sort(),
    names.filter((name) => name !== 'healthy'),
  );
});

describe('the way of a packet', () => {
  for (const [name, end] of Object.entries(ends)) {
    test(`of ${name} says how it ended`, () => {
      assert.match(words(drawnWay(name)), end);
    });

    test(`of ${name} shows no connection that was lost as one that is answered`, () => {
      for (const record of [recordOf(name), drawnRecord(name)]) {
        const figures = wayOf(name, record).split('<figure').slice(1);
        const isOrdinary = record.findings.every(({ shown }) => shown === undefined);
        // Of two states of a rule one had worked.
        const lost = isOrdinary ? [] : figures.filter((figure) => !figure.includes('<strong>Rule present'));
        assert.ok(isOrdinary || lost.length > 0);
        for (const figure of lost) {
          assert.doesNotMatch(figure, /it answers|has a socket for it/);
          assert.match(figure, /class="state is-reset"/);
          assert.match(figure, /<path class="way bad ?"/);
          assert.doesNotMatch(figure, /<path class="way  ?"/);
          // Who asked and then aborted has no answer, and nothing is put in place of one.
          if (name !== 'client-aborted') assert.match(figure, /class="rst-sign/);
        }
      }
    });
  }

  test('breaks off where the packet stopped, and who answers there has the sign', () => {
    for (const [name, sign] of [
      ['policy-reject', 'RST'],
      ['silent-drop', 'silence'],
      ['forged-reset', 'RST'],
    ] as const) {
      const [, figure = ''] = drawnWay(name).split('<figure');
      assert.match(figure, /<path class="way bad gone"/);
      assert.match(figure, /class="step stop"/);
      assert.match(figure, /hears nothing of it/);
      assert.ok(figure.includes(`>${sign}</text></g>`), name);
    }
    const [, arrives = ''] = drawnWay('server-aborted').split('<figure');
    assert.doesNotMatch(arrives, /gone"|step stop/);
    assert.match(arrives, /its application ended it/);
  });

  test('of an older record, which says of no packet where it was seen, does not say where it stopped either', () => {
    const way = wayOf('policy-reject', recordOf('policy-reject'));
    assert.match(
      words(way),
      /whether it came there was not seen\. A rule on the node \(proven\) answers with RST, in the other end's name/,
    );
    assert.match(way, /may not hear of it/);
    assert.doesNotMatch(way, /step stop/);
  });

  test('of connections that were never made has a drawing before those of others that were', () => {
    const [, lost = '', ...made] = drawnWay('conntrack-table-full').split('<figure');
    assert.match(lost, /class="state is-reset" aria-labelledby="wayless"/);
    assert.match(lost, /client, no connection yet/);
    assert.match(lost, /<path class="way bad gone"/);
    assert.match(lost, />silence<\/text>/);
    assert.equal(made.length, 2);
    for (const figure of made) assert.doesNotMatch(figure, /way bad|rst-sign/);
    // Without any entry at all it is all that there is to be drawn.
    const record = drawnRecord('conntrack-table-full');
    const alone = journeySection(createCollector({ episodeWindowMs: 5_000 }).view(record)).text;
    assert.equal(alone.split('<figure').length, 2);
    assert.match(
      words(alone),
      /The way of a packet Of the 4 connections that conntrack-table-full explains no entry tells a way\. conntrack-table-full: co-located, remote/,
    );
  });

  test('of a silent drop that one end alone was captured of does not say that the packet came, nor where it stopped', () => {
    const { probes, nodes } = recordedEvidence('silent-drop');
    const own = nodes.filter((event) => event.event !== 'packet' || event.node === 'node-2');
    const remote = probes.filter((event) => event.role === 'server' || event.class === 'remote');
    const findings = diagnoseDrawn({ probes: remote, nodes: own }, causeModels);
    const [finding] = findings;
    assert.ok(finding?.lastMoments !== undefined);
    assert.deepEqual([finding.lastMoments.arrived, finding.lastMoments.stopped], [false, null]);
    const way = wayOf('silent-drop', { ...recordOf('silent-drop'), findings });
    assert.match(words(way), /whether it came there was not seen\. /);
    assert.doesNotMatch(words(way), /It reaches|It stops/);
    assert.match(way, /may not hear of it/);
  });

  test('of a healthy run is answered', () => {
    const way = drawnWay('healthy');
    assert.match(words(way), /for which it has a socket: it answers\./);
    assert.doesNotMatch(way, /way bad|rst-sign/);
  });
});

/** The last lines of the ladder without their times, which every run has others of. */
const lastLines = (name: string, count: number): string[] => {
  const lines = findingsOf(name).flatMap((finding) => ladderLines(finding));
  return lines.slice(-count).map((line) => line.replace(/^ +[-+]?[\d.]+( ms| s)? {2}/, '').trim());
};

/** Each packet in brief: `-1.469 ms > [P.] seq 205:222`. */
const packetsIn = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => {
    const [, time, flags, seq] = /^ +(\S.*?) {2}\|.*(\[\S+\]) seq (\S+) /.exec(line) ?? [];
    return time === undefined ? [] : [`${time} ${line.includes('>|') ? '>' : '<'} ${flags} seq ${seq}`];
  });

describe('the last packets of a recorded run', () => {
  test('every finding has them, or what was told of its end', () => {
    for (const name of Object.keys(ends)) {
      assert.ok(findingsOf(name).length > 0);
      for (const finding of findingsOf(name)) assert.ok(ladderLines(finding).length >= 3, name);
    }
  });

  test('none is wider than a terminal of 60 columns or more, and each packet keeps its line, flags and number', () => {
    for (const name of Object.keys(ends)) {
      for (const finding of findingsOf(name)) {
        const whole = packetsIn(ladderLines(finding));
        assert.equal(whole.length, finding.ladder?.rungs.length ?? 0);
        for (const columns of [60, 72, 80, 100, 132]) {
          const lines = ladderLines(finding, { ...plainStyle, columns });
          assert.deepEqual(
            lines.filter((line) => line.length > columns),
            [],
            name,
          );
          assert.deepEqual(packetsIn(lines), whole);
        }
      }
    }
  });

  test('is as wide as it is where lines are not broken, and keeps the length of packets as long as it can', () => {
    const at = (columns: number) =>
      findingsOf('conntrack-invalid')
        .flatMap((finding) => ladderLines(finding, { ...plainStyle, columns }))
        .find((line) => line.includes('1073742149'))
        ?.trim();
    const whole = '-207.650 ms  |<- [P.] seq 1073742149:1073742176 ack 222 len 27 --|  -bba';
    assert.equal(at(Infinity), whole);
    assert.equal(at(90), whole);
    assert.equal(at(80), '-207.650 ms  |<- [P.] seq 1073742149:1073742176 ack 222 --|  -bba');
    assert.equal(at(60), '-207.650 ms  |<- [P.] seq 1073742149:1073742176 --|  -bba');
  });

  test('policy-reject: the question comes in from the client and no further; the RST goes out there, made by the rule', () => {
    assert.deepEqual(lastLines('policy-reject', 7), [
      '|-- [P.] seq 205:222 ack 325 len 17 ->|  a---',
      '^ never seen at node-1 eth0 out',
      '|<--------------------- [R] seq 325 --|  ---a',
      '^ RST by a rule on the node (proven), made on the way',
      'client: its program: read, ECONNRESET',
      'Seen at: node-1: a cali-colocated, b eth0, c cali-server.',
      'A - stands for a place on the usual way where it was not seen.',
    ]);
  });

  test('silent-drop: the packet that never arrived is marked', () => {
    // The server pushes in between: what it says does not arrive either.
    assert.deepEqual(lastLines('silent-drop', 10), [
      '|-- [P.] seq 239:256 ack 499 len 17 ->|  ab--',
      '^ sent again, never seen at node-1 eth0 in',
      '|<- [P.] seq 499:547 ack 239 len 48 --|  cb--  sent again',
      'client: its program: read, DEADLINE',
      'client on node-1: ESTABLISHED -> FIN_WAIT1',
      'server: its program: read, EOF',
      'client on node-1: its socket ended: sent again 3 times',
      'server on node-1: its socket ended: 124 bytes not acknowledged, sent again 3 times',
      'Seen at: node-1: a cali-colocated, b eth0, c cali-server.',
      'A - stands for a place on the usual way where it was not seen.',
    ]);
  });

  test('forged-reset: the RST is seen first where the question is not seen any more', () => {
    const lines = lastLines('forged-reset', 7);
    assert.deepEqual(lines.slice(0, 4), [
      '|-- [P.] seq 205:222 ack 325 len 17 ->|  ab--',
      '^ never seen at node-1 eth0 in',
      '|<--------------------- [R] seq 325 --|  --ba',
      '^ RST by something between the nodes (proven), made on the way',
    ]);
  });

  test('probe-stalled: the FIN of the server that closed in the midst of it is marked', () => {
    assert.ok(lastLines('probe-stalled', 9).includes("^ FIN by the server's application (proven)"));
  });

  test('endpoint-replaced: each RST is told once, at all its places, though they are made at once and alike', () => {
    const [finding] = findingsOf('endpoint-replaced');
    const resets = finding?.ladder?.rungs.filter(({ flags }) => flags === 'R') ?? [];
    assert.equal(resets.length, 4);
    for (const { seen } of resets)
      assert.deepEqual(seen, [
        ...['node-1 cali-servernext in', 'node-1 eth0 out'],
        ...['node-2 eth0 in', 'node-2 cali-remote out'],
      ]);
  });

  test('in the page the guilty rows are marked, and a packet that came less far says where it was not seen', () => {
    const [finding] = findingsOf('silent-drop');
    const { text } = packetLadder(finding!, 'finding 1');
    const rows = text.split('<tr').slice(1);
    const guilty = rows.filter((row) => row.includes('class="reset"'));
    assert.equal(guilty.length, 1);
    assert.match(words(guilty[0]!), /node-1 cali-colocated, eth0 sent again, never seen at node-1 eth0 in/);
    assert.match(
      words(rows.join('<tr')),
      /node-1 cali-colocated, eth0 sent again, not seen at node-1 eth0 in/,
    );
    assert.match(text, /aria-label="The last packets of finding 1"/);
  });

  test('the record takes it, bounded', () => {
    for (const name of Object.keys(ends)) {
      const findings = JSON.parse(JSON.stringify(findingsOf(name))) as unknown[];
      assert.deepEqual(runRecordSchema.parse({ ...recordOf(name), findings }).findings, findings);
      for (const { ladder } of findingsOf(name)) assert.ok(JSON.stringify(ladder ?? {}).length < 8_000);
    }
  });
});
