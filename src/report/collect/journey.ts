// From a run to the picture of a packet's way: that of the reset that a finding shows, or else of connections as they were made.
import { parseMicros } from '../../model/clock.ts';
import type { Endpoint } from '../../model/endpoint.ts';
import type { RunRecord } from '../../model/run-record.ts';
import type { Journey, Passage } from '../run-view.ts';
import type { Example } from './flows.ts';

/** A run whose findings show no reset is drawn by an ordinary connection of each class that is compared; null without entries. */
export function tellJourney(record: RunRecord | null, ordinary: readonly Example[]): Journey | null {
  const shown = record?.findings.find((finding) => finding.shown?.failure === 'reset')?.shown;
  if (shown !== undefined)
    return { shown, passages: shown.passages.map((passage) => ({ ...shown, ...passage })) };
  const passages = compared(ordinary).flatMap(passageOf);
  return passages.length === 0 ? null : { shown: null, passages };
}

/** The two classes that are compared, or else the first two. */
function compared(examples: readonly Example[]): readonly Example[] {
  const main = ['co-located', 'remote'].flatMap((name) => examples.filter((one) => one.class === name));
  return (main.length > 0 ? main : examples).slice(0, 2);
}

function passageOf({ class: name, client, target, entries, connectedAt, accepted }: Example): Passage[] {
  const own = entries.filter(({ at }) => parseMicros(at ?? '') >= connectedAt - 1e6);
  const first = own.findLast((entry) => same(entry.target.before, target));
  if (first === undefined) return [];
  const server = first.target.after;
  const later = own.filter((entry) => entry !== first && same(entry.target.before, server));
  const again = later.findLast((entry) => entry.node === first.node);
  const beyond = later.findLast((entry) => entry.node !== first.node);
  const crossings = [first, again, beyond].filter((crossing) => crossing !== undefined);
  const seen = crossings.at(-1)?.source.after ?? client;
  // Which of the sockets is this connection's: a translated port was made for it, its own may be an accident.
  const socket = accepted.find((peer) => peer.port !== client.port) ?? accepted[0] ?? null;
  const rule = { rule: null, rulePresent: null };
  return [{ class: name, client, target, server, accepted: socket, ...rule, crossings, seen }];
}

const same = (a: Endpoint, b: Endpoint) => a.address === b.address && a.port === b.port;
