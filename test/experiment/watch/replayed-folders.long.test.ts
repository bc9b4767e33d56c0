// What is told live is, at last, what the folder tells afterwards: the same losses, of the same author and cause, as sure.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { causeModels } from '../../../src/causes/index.ts';
import { createProbeReader } from '../../../src/diagnose/connections/lost-by-probes.ts';
import { createNodeReader } from '../../../src/diagnose/connections/node-timeline.ts';
import { lostByNodes } from '../../../src/diagnose/connections/lost-by-nodes.ts';
import { explainEach } from '../../../src/diagnose/diagnose.ts';
import { formatMicros } from '../../../src/model/clock.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { watchLossSchema, watchSummarySchema } from '../../../src/model/watch-record.ts';
import { recordedEvents, replay } from './replay.ts';

const runs = readdirSync(resolve(import.meta.dirname, '../../recorded/runs'));
const folders = [
  ...runs.flatMap((run) =>
    ['node-1', 'node-2'].map((node) => ['runs', run, 'evidence', node, 'events.ndjson.gz']),
  ),
  ...['foreign-conflict', 'foreign-reject', 'local-server-unread'].map((name) => [
    'cases',
    name,
    'node.ndjson.gz',
  ]),
];

/** Of these the watch keeps the moment at which it told first, though what was repeated in vain afterwards dates them some seconds later. */
const datedEarlier: readonly string[] = ['path-mtu-black-hole', 'peer-host-gone'];
const withoutMoment = (line: string) => line.slice(line.indexOf(', ') + 2);

function diagnosedAtOnce(events: readonly NodeEvent[]): { losses: string[]; stalled: number } {
  const reader = createNodeReader(null);
  for (const event of events) reader.add(event);
  const timeline = reader.timeline();
  const { lost, stalled } = lostByNodes(timeline);
  const explained = explainEach(lost, createProbeReader().timeline(), timeline, causeModels);
  const losses = explained.flatMap(({ examined }) =>
    examined.map(({ story, judgement }) =>
      [
        formatMicros(story.lost.failedAt),
        `${story.lost.client?.address ?? ''} ${story.lost.client?.port ?? ''}`,
        `${judgement.author} ${judgement.authorCertainty}`,
        `${judgement.cause?.model.cause ?? 'unknown'} ${judgement.causeCertainty}`,
      ].join(', '),
    ),
  );
  return { losses: losses.sort(), stalled };
}

describe('what a node told, as it told it', () => {
  for (const folder of folders)
    it(`is in the end what its folder says: ${folder.join('/')}`, () => {
      const events = recordedEvents(...folder);
      // What stands before the end: what is said then would be news to nobody who watched.
      const { lines, last, losses, now } = replay(events, { end: false });
      for (const { line } of lines) watchLossSchema.parse(line);
      const told = last
        .filter(({ ended }) => ended !== 'benign')
        .map(({ at, ends, author, cause }) =>
          [
            at,
            `${ends.client?.address ?? ''} ${ends.client?.port ?? ''}`,
            `${author.id} ${author.certainty}`,
            `${cause.id} ${cause.certainty}`,
          ].join(', '),
        );
      const whole = diagnosedAtOnce(events);
      if (folder.some((part) => datedEarlier.includes(part)) && folder.includes('node-2'))
        assert.deepEqual(told.map(withoutMoment).sort(), whole.losses.map(withoutMoment).sort());
      else assert.deepEqual(told.sort(), whole.losses);
      const summary = watchSummarySchema.parse(losses.summary(now));
      assert.equal(summary.lost, whole.losses.length);
      assert.equal(summary.stalled, whole.stalled);
    });
});
