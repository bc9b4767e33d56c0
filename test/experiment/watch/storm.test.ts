import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../../src/causes/index.ts';
import { lostByNodes } from '../../../src/diagnose/connections/lost-by-nodes.ts';
import { createProbeReader } from '../../../src/diagnose/connections/lost-by-probes.ts';
import { createNodeReader } from '../../../src/diagnose/connections/node-timeline.ts';
import { explainEach } from '../../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { counters, source } from '../../diagnose/made-by-hand.ts';
import { at, server } from '../../diagnose/story-events.ts';
import { inOrder, resetConnection, started, times } from './made-losses.ts';
import { replay } from './replay.ts';

describe('very many lost connections at once', () => {
  it('are all told, each once, whatever of them can be explained', () => {
    const count = 300;
    const events = inOrder([
      ...started(),
      ...times(count).flatMap((index) => resetConnection(10 + index / count, index)),
    ]);
    const { lines, last, losses, now } = replay(events);
    assert.equal(last.length, count);
    assert.equal(lines.filter(({ line }) => line.revision === 1).length, count);
    const summary = losses.summary(now);
    assert.equal(summary.lost, count);
    assert.equal(
      summary.byCause.reduce((sum, { lost }) => sum + lost, 0),
      count,
    );
    assert.equal(losses.watched().lost, count);
    assert.equal(losses.since(0).length, count);
  });

  it('are each told by those that ended as they did, and not by others of the same server and instant', () => {
    const live = { flags: 'R.', hasTimestampOption: true, window: 500 };
    const events = inOrder([
      ...started(),
      ...times(240).flatMap((index) => {
        const packets = resetConnection(10 + index / 240, index);
        return index % 2 === 0
          ? packets
          : packets.map((event) => (event.flags === 'R' ? { ...event, ...live, ack: 100 } : event));
      }),
    ]);
    const reader = createNodeReader(null);
    for (const event of events) reader.add(event);
    const timeline = reader.timeline();
    const explained = explainEach(
      lostByNodes(timeline).lost,
      createProbeReader().timeline(),
      timeline,
      causeModels,
    );
    const whole = explained.flatMap(({ examined }) =>
      examined.map(({ story, judgement }) => [
        story.lost.client?.port,
        judgement.cause?.model.cause ?? 'unknown',
        ...judgement.rivals.map(({ model }) => model.cause),
      ]),
    );
    const words = (all: unknown[][]) => all.map((one) => one.join(' ')).sort();
    assert.equal(new Set(whole.map(([, ...causes]) => causes.join(' '))).size, 2);
    const { last } = replay(events);
    assert.deepEqual(
      words(
        last.map(({ ends, cause, rivals }) => [
          ends.client?.port,
          cause.id,
          ...rivals.map((one) => one.cause),
        ]),
      ),
      words(whole),
    );
  });
});

describe('losses that no witness told of', () => {
  const limited = (name: string): NodeEvent => ({
    ...source(name, 'started'),
    ...{ at: at(11), state: 'limited', text: 'came too fast for all to be kept' },
  });
  const told = times(30).flatMap((index) => resetConnection(10 + index / 100, index));
  const counted = counters('snmp', server, { TcpEstabResets: 100 }, [9.9, 10.9]);
  const summaryOf = (events: readonly NodeEvent[], wanted = {}) => {
    const { losses, now } = replay(inOrder([...started(), source('kernel-events', 'started'), ...events]), {
      wanted,
    });
    const { lost, onlyCounted } = losses.summary(now);
    return [lost, onlyCounted];
  };

  it('are counted, by what the kernel of their end counted, where every witness left something out', () => {
    const all = [...told, counted, limited('capture'), limited('kernel-events')];
    assert.deepEqual(summaryOf(all), [100, 70]);
    assert.deepEqual(summaryOf(all, { ports: [80] }), [30, 0]);
  });

  it('are none where each is of the node itself, or both its ends are counted', () => {
    const loose = ['127.0.0.1', '10.128.0.2'].flatMap((address) =>
      told.map((event) => ({
        ...event,
        tuple: { ...event.tuple, src: address, dst: address },
        seq: event.seq + (address === '127.0.0.1' ? 0 : 1e6),
      })),
    );
    const own = { ...source('listeners', 'started'), ownAddresses: ['10.128.0.2'] };
    const ofNode = counters('snmp', 'node-1', { TcpEstabResets: 120 }, [9.9, 10.9]);
    const [lost = 0, onlyCounted] = summaryOf([
      ...loose,
      own,
      ofNode,
      limited('capture'),
      limited('kernel-events'),
    ]);
    assert.ok(lost > 0);
    assert.equal(onlyCounted, 0);
  });

  it('are none where one of the witnesses kept all', () => {
    assert.deepEqual(summaryOf([...told, counted, limited('capture')]), [30, 0]);
  });
});

describe('what a look costs', () => {
  it('is no more for each of very many that ended alike than for a few, and none of them is looked at for ever', () => {
    const [few, many] = [looksFor(40, 10, 0.01), looksFor(600, 10, 1 / 600)];
    assert.ok(many / 600 < few / 40 / 2, `${many} for 600, after ${few} for 40`);
  });

  /** How often anything that an event says was looked at while the watch looked; by its clock each time takes a microsecond. */
  function looksFor(lost: number, others: number, apart = 1): number {
    let [looks, isCounting] = [0, false];
    const watch = <E extends NodeEvent>(event: E): E =>
      new Proxy(event, {
        get(target, name, receiver) {
          if (isCounting) looks += 1;
          return Reflect.get(target, name, receiver) as unknown;
        },
      });
    const around = times(others).flatMap((index): NodeEvent[] => [
      counters('snmp', `10.9.${index >> 8}.${index & 255}`, { TcpInSegs: 1 }, [
        index / others,
        index / others + 0.1,
      ]),
    ]);
    const events = inOrder([
      ...started(),
      ...around,
      ...times(lost).flatMap((index) => resetConnection(20 + index * apart, index)),
    ]).map(watch);
    const { last } = replay(events, {
      monotonic: () => looks / 1_000,
      beforeLook: () => (isCounting = true),
      afterLook: () => (isCounting = false),
    });
    assert.equal(last.length, lost);
    return looks;
  }

  it('is nothing where nothing was lost, and goes by what was lost, not by what is held', () => {
    assert.equal(looksFor(0, 100), 0);
    assert.equal(looksFor(0, 5_000), 0);
    const few = looksFor(4, 500);
    assert.ok(few > 0);
    const moreHeld = looksFor(4, 5_000);
    assert.ok(moreHeld < 1.2 * few, `${moreHeld} for ten times as much that is held, after ${few}`);
    const moreLost = looksFor(16, 500);
    assert.ok(moreLost < 8 * few, `${moreLost} for four times as many losses, after ${few}`);
  });
});
