// Two owners of one address: told by the neighbour that saw it go back and forth, and by nobody else.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import { moves } from './facts/address-owner-rows.ts';
import { routeBack } from './facts/peer-host-rows.ts';
import { known } from './kernel-events.ts';
import {
  failed,
  icmpError,
  lost,
  packet,
  port,
  ran,
  routeGone,
  serverRst,
  takesIcmp,
  talk,
} from './made-by-hand.ts';
import { at, client, firstEntry, server, service } from './story-events.ts';

const base = ['conntrack-events', 'conntrack-stats', 'capture', 'ip-monitor', 'listeners'].flatMap(ran);
const lostOne = [...base, ...known, ...talk(), firstEntry(1, port), ...serverRst()];
const watched = [...lostOne, ...ran('neighbours')];

function told(nodes: readonly NodeEvent[]) {
  const [finding] = diagnose({ probes: [failed()], nodes }, causeModels);
  assert.ok(finding !== undefined);
  const { cause, author, certainty, rivals } = finding;
  return { cause, author, sure: certainty?.cause, rivals: rivals.map((rival) => rival.cause) };
}

describe('an address that is answered for by two', () => {
  it('is proven where its MAC goes back and forth within seconds, whichever of the moves was met', () => {
    for (const first of [2.05, 0.95, -0.15]) {
      const turns = [moves(first, [0, 1]), moves(first + 1.1, [1, 0]), moves(first + 2.2, [0, 1])];
      const { cause, author, sure } = told([...watched, ...ran('kernel-events'), ...turns]);
      assert.deepEqual([cause, author, sure], ['duplicate-owner', 'server-kernel', 'proven']);
    }
  });

  it('is likely beside one that was replaced where it was back at once, and no more was seen', () => {
    const { cause, sure, rivals } = told([...watched, moves(2.05, [0, 1]), moves(2.9, [1, 0])]);
    assert.deepEqual([cause, sure], ['duplicate-owner', 'likely']);
    assert.ok(rivals.includes('endpoint-replaced'), rivals.join());
  });

  it('is open where it was back after a while, as an address is that is moved on purpose and back', () => {
    for (const turns of [
      [moves(2.05, [0, 1]), moves(60, [1, 0])],
      [moves(-5, [0, 1]), moves(2.05, [1, 0])],
      [moves(-40, [0, 1]), moves(-20, [1, 0]), moves(2.05, [0, 1])],
    ]) {
      const { cause, rivals } = told([...watched, ...turns]);
      assert.equal(cause, 'unknown');
      for (const one of ['duplicate-owner', 'endpoint-replaced'])
        assert.ok(rivals.includes(one), rivals.join());
    }
  });

  it('is open beside one that was replaced where it went once, or to a third one', () => {
    for (const more of [[], [moves(2.9, [1, 2])]]) {
      const { cause, rivals } = told([...watched, moves(2.05, [0, 1]), ...more]);
      assert.equal(cause, 'unknown');
      for (const one of ['duplicate-owner', 'endpoint-replaced'])
        assert.ok(rivals.includes(one), rivals.join());
    }
  });

  it('is not told of an endpoint that was replaced', () => {
    const nodes = [...watched, routeGone(2.04), routeBack(2.05), moves(2.05, [0, 1])];
    assert.equal(told(nodes).cause, 'endpoint-replaced');
  });

  it('is not told where another address moves', () => {
    const nodes = [...watched, moves(2.05, [0, 1], '10.9.9.9'), moves(2.9, [1, 0], '10.9.9.9')];
    const { cause, rivals } = told(nodes);
    assert.ok(![cause, ...rivals].includes('duplicate-owner'));
  });

  it('may be so, and is not told, where nobody watched the neighbours', () => {
    const { cause, rivals } = told(lostOne);
    assert.equal(cause, 'unknown');
    assert.ok(rivals.includes('duplicate-owner'), rivals.join());
  });
});

describe('an attempt that the other owner of the address refuses', () => {
  const dialled = 40_099;
  const refused = failed({
    ...{ failure: 'refused', errno: 'ECONNREFUSED', syscall: 'connect', phase: 'connecting' },
    ...{ local: `${client}:${dialled}`, lastGoodAt: null, livedMs: 0, answers: 0, at: at(lost + 0.001) },
  });
  const own = { src: client, sport: dialled, dport: 8_080 };
  const opens = packet(lost, ['cali-client', 'in'], { ...own, dst: service }, 'S', { seq: 7 });
  const away = { sport: 8_080, dst: client, dport: dialled };
  const refuses = [
    packet(lost + 2e-5, ['cali-other', 'in'], { ...away, src: server }, 'R.', { seq: 0, ack: 8 }),
    packet(lost + 3e-5, ['cali-client', 'out'], { ...away, src: service }, 'R.', { seq: 0, ack: 8, ttl: 63 }),
  ];
  const attempt = [...base, ...known, ...talk(), firstEntry(lost, dialled), opens, ...refuses];
  const toldOf = (nodes: readonly NodeEvent[]) => {
    const [finding] = diagnose({ probes: [refused], nodes }, causeModels);
    assert.ok(finding !== undefined);
    const { cause, author, rivals } = finding;
    return { cause, author, all: [cause, ...rivals.map((rival) => rival.cause)] };
  };

  it('is told where the address went there shortly before, and goes back and forth', () => {
    const turns = [moves(lost - 0.9, [0, 1]), moves(lost + 0.4, [1, 0]), moves(lost + 1.5, [0, 1])];
    const { cause, author } = toldOf([...attempt, ...ran('neighbours'), ...turns]);
    assert.deepEqual([cause, author], ['duplicate-owner', 'server-kernel']);
  });

  it('stays open where nobody watched the neighbours', () => {
    const { all } = toldOf(attempt.filter(({ source }) => source !== 'listeners'));
    assert.ok(all.includes('duplicate-owner'), all.join());
  });

  it('is none where the address stayed where it was', () => {
    const { all } = toldOf([...attempt, ...ran('neighbours'), moves(lost - 0.9, [0, 1], '10.9.9.9')]);
    assert.ok(!all.includes('duplicate-owner'), all.join());
  });

  it('is none where an ICMP error refused it', () => {
    const turns = [moves(lost - 0.9, [0, 1]), moves(lost + 0.4, [1, 0]), moves(lost + 1.5, [0, 1])];
    const error = icmpError(lost + 1e-5, ['cali-client', 'out'], [3, 3], { tuple: opens.tuple });
    const nodes = [
      ...attempt.filter((event) => !refuses.some((one) => one === event)),
      ...takesIcmp(),
      error,
    ];
    assert.ok(!toldOf([...nodes, ...ran('neighbours'), ...turns]).all.includes('duplicate-owner'));
  });
});
