// Endings that a kernel 6.18 told of, in IPv4 and IPv6, and nobody else: what was lost, and who ended it, follow from its lines alone.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { lostByNodes } from '../../src/diagnose/connections/lost-by-nodes.ts';
import { createNodeReader } from '../../src/diagnose/connections/node-timeline.ts';
import { diagnoseWire } from '../../src/diagnose/diagnose.ts';
import { formatMicros, parseMicros } from '../../src/model/clock.ts';
import { nodeEventSchema, type NodeEvent } from '../../src/model/node-event.ts';
import { linesOf, sortOut } from '../observe/kernel/recorded-trace.ts';
import { source } from './made-by-hand.ts';

/** What a watcher of the node keeps of these lines, between its own two words. */
function toldOf(name: string): NodeEvent[] {
  const { kept } = sortOut(linesOf(name));
  const base = { node: 'node-1', source: 'kernel-events', file: 'evidence/node-1/kernel-events.log' };
  const events = kept.map((one, index) =>
    nodeEventSchema.parse({ ...base, ...one, at: stampIn(one.text) ?? formatMicros(index) }),
  );
  const at = (event: NodeEvent | undefined, after: number) =>
    formatMicros(parseMicros(event?.at ?? '') + after);
  return [
    { ...source('kernel-events', 'started'), at: at(events[0], -5e6) },
    ...events,
    { ...source('kernel-events', 'stopped', { lost: 0 }), at: at(events.at(-1), 5e6) },
  ];
}

/** Seconds of the machine's own clock, as a time of some day. */
function stampIn(text: string): string | undefined {
  const seconds = / ([0-9]+\.[0-9]{6}): /.exec(text)?.[1];
  return seconds === undefined ? undefined : formatMicros(1.7e15 + Math.round(Number(seconds) * 1e6));
}

const lostIn = (events: readonly NodeEvent[]) => {
  const reader = createNodeReader(null);
  for (const event of events) reader.add(event);
  return lostByNodes(reader.timeline()).lost;
};

/** What ended it; whom that leaves, and how sure; why, and how sure. */
const endings: readonly (readonly [name: string, failure: string, who: string, why: string])[] = [
  ['unread', 'reset', 'server-application proven', 'server-aborted likely'],
  ['linger0', 'reset', 'server-application proven', 'server-aborted likely'],
  ['sigkill', 'reset', 'server-process-died proven', 'server-process-died likely'],
  ['ssk', 'reset', 'privileged-program proven', 'socket-destroyed proven'],
  // `ss -K` whose RST was dropped: what the listener answers later is not what ended it.
  ['unknowntuple', 'reset', 'privileged-program proven', 'socket-destroyed proven'],
  ['keepalive', 'reset', 'gave-up proven', 'unknown open'],
  ['nolistener', 'refused', 'server-kernel proven', 'unknown open'],
  // A rule's RST is no kernel's own, and no kernel says whose rule it was.
  ['reject', 'reset', 'client-pod-rule node-rule server-pod-rule in-between open', 'unknown open'],
  [
    'usertimeout',
    'timeout',
    'nobody server-kernel client-pod-rule node-rule server-pod-rule node-kernel in-between server-application open',
    'unknown open',
  ],
];

for (const family of ['v4', 'v6'])
  describe(`an ending that a kernel alone tells of, ${family}`, () => {
    it('fin: what is sent to one who was known to have closed is no loss', () =>
      assert.deepEqual(lostIn(toldOf(`fin-${family}`)), []));

    for (const [name, failure, who, why] of endings)
      it(`${name}: ${who}`, () => {
        const events = toldOf(`${name}-${family}`);
        assert.deepEqual(
          lostIn(events).map((one) => one.failure),
          [failure],
        );
        const [finding, another] = diagnoseWire(events, causeModels);
        assert.ok(finding !== undefined && another === undefined);
        const { suspects, certainty, cause } = finding;
        assert.ok(certainty !== undefined);
        const said = [...[...suspects].sort(), certainty.author].join(' ');
        const [authors, sure] = [who.split(' ').slice(0, -1).sort(), who.split(' ').at(-1) ?? ''];
        assert.deepEqual([said, `${cause} ${certainty.cause}`], [[...authors, sure].join(' '), why]);
      });
  });
