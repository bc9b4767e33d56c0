// The one command that would decide what a diagnosis leaves open: with the real addresses, as a shell takes it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wantedWords, type Wanted } from '../../src/diagnose/witness-words.ts';
import { decidingCommand } from '../../src/experiment/deciding-command.ts';
import type { Certainty } from '../../src/model/certainty.ts';
import { findingSchema, type Finding } from '../../src/model/run-record.ts';

const ladder = {
  client: { address: '10.1.0.33', port: 46_422 },
  server: { address: '10.2.0.50', port: 80 },
  lostAt: '2026-11-23T06:41:42.100000Z',
  earlier: 0,
  later: 0,
  rungs: [
    {
      ...{ at: '2026-11-23T06:41:42.099000Z', from: 'server', flags: 'R', seq: 0, ack: null, length: 0 },
      ...{ where: 'node-1 eth0 in', mark: 'ending' },
    },
  ],
};

const finding = (certainty: Certainty, missing: readonly Wanted[], more: object = {}): Finding =>
  findingSchema.parse({
    ...{ cause: certainty === 'open' ? 'unknown' : 'policy-reject', classes: ['x'], connections: 1 },
    ...{ author: 'node-rule', sentence: '', evidence: [], fixes: [], ladder },
    ...{ certainty: { author: certainty, cause: certainty } },
    missing: missing.map((one) => wantedWords[one]),
    ...more,
  });

test('what only a capture with directions tells is captured, of both ends, whatever port a leg has', () => {
  const decided = decidingCommand([finding('open', ['capture-direction', 'rule-counters'])]);
  assert.equal(
    decided?.command,
    "sudo tcpdump -n -i any -y LINUX_SLL2 -s 128 -w again.pcap 'tcp and (host 10.1.0.33 or host 10.2.0.50)'",
  );
  assert.match(decided.where, /^on the server's node \(10\.2\.0\.50\) .* "netdebug diagnose again\.pcap"$/);
  assert.equal(decided.shows, 'the direction of captured packets');
});

test('any other witness of a node is one of its observers, with the port that was dialled and the server’s own', () => {
  const shown = {
    ...{ class: 'x', client: ladder.client, target: ladder.server, accepted: null, failure: 'reset' },
    server: { address: '10.1.0.10', port: 8_080 },
    ...{ connectedAt: ladder.lostAt, lastGoodAt: ladder.lostAt, failedAt: ladder.lostAt, rule: null },
    passages: [{ rulePresent: null, crossings: [], seen: ladder.client }],
  } as const;
  const decided = decidingCommand([finding('likely', ['server-events', 'snmp'], { shown })]);
  assert.equal(decided?.command, 'sudo netdebug observe --out evidence --port 80 --port 8080');
  assert.match(decided.where, /^on the server's node \(10\.1\.0\.10\)/);
});

test('what is open comes before what is likely, whichever is found more often', () => {
  const decided = decidingCommand([finding('likely', ['snmp']), finding('open', ['capture-at-server'])]);
  assert.match(decided?.command ?? '', /^sudo tcpdump /);
});

test('where all is proven, or no witness of a node is missing, there is none', () => {
  assert.equal(decidingCommand([finding('proven', ['snmp'])]), null);
  assert.equal(decidingCommand([finding('open', ['server-events', 'client-events'])]), null);
  assert.equal(decidingCommand([]), null);
});

test('an address from a capture is one word of the shell', () => {
  const evil = { ...ladder, server: { address: "x'; reboot; '", port: 80 } };
  const decided = decidingCommand([finding('open', ['capture'], { ladder: evil })]);
  assert.ok(decided?.command.endsWith("host x'\\''; reboot; '\\'')'"), decided?.command);
});
