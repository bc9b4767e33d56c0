// From a run to the picture of a packet's way: that of the connection that a finding shows, or else of connections as they were made.
import { parseMicros } from '../../model/clock.ts';
import type { Endpoint } from '../../model/endpoint.ts';
import type { Ladder } from '../../model/ladder.ts';
import type { Finding, RunRecord } from '../../model/run-record.ts';
import type { ShownConnection } from '../../model/shown-connection.ts';
import type { Journey, Passage, PassageEnd, WaylessLoss } from '../run-view.ts';
import type { Example } from './flows.ts';

/** The way that the first finding shows; where none shows one, an ordinary connection of each class that is compared. Null without entries and losses. */
export function tellJourney(record: RunRecord | null, ordinary: readonly Example[]): Journey | null {
  const findings = record?.findings ?? [];
  const wayless = findings.flatMap(waylessOf)[0] ?? null;
  for (const finding of findings) {
    const { shown } = finding;
    if (shown === undefined) continue;
    const passages = shown.passages.map((passage) => ({
      ...{ ...shown, ...passage },
      end: isLostIn(passage.rulePresent, shown) ? passageEnd(finding) : null,
    }));
    return { shown: { ...shown, cause: finding.cause }, passages, wayless };
  }
  const passages = compared(ordinary).flatMap(passageOf);
  return passages.length === 0 && wayless === null ? null : { shown: null, passages, wayless };
}

/** Of two states of a rule the connection was lost in the one that came. */
const isLostIn = (rulePresent: boolean | null, { rule }: ShownConnection): boolean =>
  rule === null || rulePresent === null || rulePresent === (rule.change === 'added');

function waylessOf(finding: Finding): WaylessLoss[] {
  const { shown, lastMoments, cause, connections, classes } = finding;
  if (shown !== undefined || lastMoments === undefined) return [];
  const { client, target, phase } = lastMoments;
  return [{ client, target, phase, cause, connections, class: classes.join(', '), end: passageEnd(finding) }];
}

function passageEnd({ author, certainty, lastMoments, ladder, shown }: Finding): PassageEnd {
  const stopped = lastMoments?.stopped ?? null;
  const usual = stopped === null ? [] : (ladder?.usual?.[stopped.from] ?? []);
  return {
    author,
    certainty: certainty?.author ?? 'open',
    answer: lastMoments === undefined ? answerTo(shown?.failure) : lastMoments.answer,
    answeredAt: ladder?.rungs.find(({ mark }) => mark === 'ending')?.where ?? null,
    stopped,
    arrived: lastMoments?.arrived ?? false,
    strayed: strayedIn(ladder),
    places: stopped === null ? 0 : usual.indexOf(stopped.lastSeen) + 1,
  };
}

/** Of a way with one place nobody can tell. */
function strayedIn(ladder: Ladder | undefined): PassageEnd['strayed'] {
  const last = ladder?.rungs.findLast(
    ({ from, length, at }) => from === 'client' && length > 0 && at <= ladder.lostAt,
  );
  const [to, way] = [last?.seen?.at(-1), ladder?.usual?.client ?? []];
  const usual = way.at(-1);
  if (to === undefined || usual === undefined || way.length < 2) return null;
  return way.includes(to) ? null : { to, usual };
}

/** As far as the client's own word tells, in records that say no more. */
function answerTo(failure: ShownConnection['failure'] | undefined): PassageEnd['answer'] {
  if (failure === 'reset') return 'reset';
  return failure === 'closed' ? 'close' : failure === 'timeout' ? 'nothing' : null;
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
  return [{ class: name, client, target, server, accepted: socket, ...rule, crossings, seen, end: null }];
}

const same = (a: Endpoint, b: Endpoint) => a.address === b.address && a.port === b.port;
