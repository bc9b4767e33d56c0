// A capture whose snap length cuts the TCP options off does not say whether a RST had any of a live socket's.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { wantedWords } from '../../src/diagnose/witness-words.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import { recordedEvidence } from './recorded.ts';

describe('a RST whose options were cut off', () => {
  it('is not said to have had none, and the finding names them as missing', () => {
    const { probes, nodes } = recordedEvidence('server-aborted');
    const rewrite = (change: { hasTimestampOption: boolean | null; window: number }) =>
      nodes.map((event): NodeEvent => {
        return event.event === 'packet' && event.flags.includes('R') ? { ...event, ...change } : event;
      });
    const missing = (events: readonly NodeEvent[]) =>
      diagnose({ probes, nodes: events }, causeModels).flatMap((finding) => finding.missing);
    const words = wantedWords['captured-options'];
    assert.ok(missing(rewrite({ hasTimestampOption: null, window: 0 })).includes(words));
    // The window alone tells, too.
    assert.ok(!missing(rewrite({ hasTimestampOption: null, window: 64 })).includes(words));
    assert.ok(!missing(rewrite({ hasTimestampOption: false, window: 0 })).includes(words));
  });
});
