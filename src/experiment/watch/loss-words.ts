// What is said of one lost connection: the diagnosis of it, in the words of a line of the watch.
import { formatMicros, parseMicros, type Micros } from '../../model/clock.ts';
import { authorWords, type Author } from '../../model/author.ts';
import type { Certainty } from '../../model/certainty.ts';
import type { Endpoint } from '../../model/endpoint.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import type { FailureKind } from '../../model/probe-event.ts';
import type { Finding } from '../../model/run-record.ts';
import type { WatchLoss } from '../../model/watch-record.ts';
import type { LostConnection } from '../../diagnose/connections/lost-connection.ts';
import type { Story } from '../../diagnose/connections/story.ts';
import type { Examined } from '../../diagnose/why/findings.ts';
import type { WhoIsWho } from './who-is-who.ts';

/** A line without what only the book of all lines knows: its id, its revision and its episode. */
export type LossLine = Omit<WatchLoss, 'id' | 'revision' | 'episode'>;

/** Who and why, as far as it is known. */
export interface Verdict {
  readonly author: Author;
  readonly authorCertainty: Certainty;
  readonly cause: string;
  readonly causeCertainty: Certainty;
  readonly causeText: string;
  readonly exclusions: WatchLoss['exclusions'];
  readonly rivals: WatchLoss['rivals'];
}

export function verdictOf({ judgement, suspects, story }: Examined): Verdict {
  const { cause, author, authorCertainty, causeCertainty, rivals } = judgement;
  const named = rivals.map(({ model }) => model.cause);
  const [open, nothing] = [
    `open: ${named.join(' or ')} would explain what was seen`,
    'nothing that was seen explains it',
  ];
  return {
    ...{ author, authorCertainty, causeCertainty },
    cause: cause?.model.cause ?? 'unknown',
    causeText: cause === null ? (named.length > 0 ? open : nothing) : cause.model.sentence([story]),
    exclusions: [...suspects.excluded].map(([other, { because, basis }]) => ({
      author: other,
      because,
      basis,
    })),
    rivals: rivals.map(({ model, is, signs }) => ({
      cause: model.cause,
      because: is === 'possible' ? 'nobody could have seen what it shows' : signs.join(', '),
    })),
  };
}

/** Of others that were lost in the same instant at the same server, as many as there were explained. */
export function verdictByCompany(finding: Finding, company: number): Verdict {
  return {
    author: finding.author,
    authorCertainty: finding.author === 'unknown' ? 'open' : 'likely',
    cause: finding.cause,
    causeCertainty: finding.cause === 'unknown' ? 'open' : 'likely',
    causeText: `as ${company} others that were lost in the same instant: ${finding.sentence}`,
    ...{ exclusions: [], rivals: [] },
  };
}

export const unexplained = (why: string): Verdict => ({
  ...{ author: 'unknown', authorCertainty: 'open', cause: 'unknown', causeCertainty: 'open' },
  ...{ causeText: why, exclusions: [], rivals: [] },
});

const endings: Readonly<Record<FailureKind, WatchLoss['ended']>> = {
  reset: 'reset',
  refused: 'refused',
  closed: 'closed',
  timeout: 'timed-out',
  unreachable: 'unreachable',
  other: 'reset',
};

/** What is known of the connection's ends and times beside what was judged. */
export interface Circumstances {
  readonly ageMs: number | null;
  readonly idleMs: number | null;
  readonly unanswered: number | null;
  /** The server's own end, where what was dialled was translated. */
  readonly backend: Endpoint | null;
}

export function lossLine(
  node: string,
  lost: Pick<LostConnection, 'client' | 'target' | 'failedAt' | 'failure' | 'legs'>,
  { backend, ...known }: Circumstances,
  verdict: Verdict,
  who: WhoIsWho,
): LossLine {
  const { client, target, failedAt, failure } = lost;
  const servers = backend === null ? [target] : [target, backend];
  const clients = client === null ? [] : [client, ...legEnds(lost)];
  const ends = {
    client: client === null ? null : who.endOf(client, servers),
    server: who.endOf(target, clients),
    backend: backend === null ? null : who.endOf(backend, clients),
  };
  return {
    ...{ schemaVersion: 1, kind: 'lost', at: formatMicros(Math.max(0, failedAt)), node, ends },
    ...{ ended: endings[failure], ...known },
    author: {
      id: verdict.author,
      certainty: verdict.authorCertainty,
      text: authorText(verdict.author, ends),
    },
    cause: { id: verdict.cause, certainty: verdict.causeCertainty, text: verdict.causeText },
    exclusions: verdict.exclusions,
    rivals: verdict.rivals,
  };
}

const legEnds = ({ legs, client }: Pick<LostConnection, 'legs' | 'client'>): Endpoint[] =>
  legs.flatMap((leg) => {
    const port = Number(leg.slice(leg.lastIndexOf(':') + 1));
    const address = leg.slice(0, leg.lastIndexOf(':')).replace(/^\[|\]$/g, '');
    return address === client?.address && port === client.port ? [] : [{ address, port }];
  });

/** With the program's name where it is known whose doing it was. */
function authorText(author: Author, { client, server, backend }: WatchLoss['ends']): string {
  const end = author.startsWith('client-')
    ? client
    : author.startsWith('server-')
      ? (backend ?? server)
      : null;
  const process = author.endsWith('-application') || author.endsWith('-process-died') ? end?.process : null;
  if (process === null || process === undefined || process.command === null) return authorWords[author];
  const pid = process.pid === null ? '' : ` (pid ${process.pid})`;
  return `${authorWords[author]}: ${process.command}${pid}`;
}

/** From what was captured of it, and from what its sockets knew when they ended. */
export function circumstancesOf(story: Story): Circumstances {
  const { lost, first, server, packets, goesToClient } = story;
  const { bornAt, lastGoodAt, failedAt, failure, phase, target } = lost;
  const born = Number.isFinite(bornAt) ? bornAt : (first?.madeAt ?? Number.NEGATIVE_INFINITY);
  const ms = (micros: number) => Math.max(0, Math.round(micros / 1_000));
  const lastGood = formatMicros(Math.max(0, lastGoodAt));
  // A connection of which only its beginning and its end are known may have been idle for as long as it liked.
  const wasHeard = packets.some(
    (packet) =>
      packet.at <= lastGood && tellsOfLife(packet) && (failure === 'timeout' || goesToClient(packet)),
  );
  const lastAt = wasHeard ? lastGoodAt : lastDataAt(story);
  const isKnown = packets.some(tellsOfLife) || lastAt !== undefined;
  return {
    ageMs: Number.isFinite(born) ? ms(failedAt - born) : null,
    idleMs: phase === 'connecting' || lastAt === undefined ? null : ms(failedAt - lastAt),
    unanswered: phase === 'awaiting' ? questionsOf(story) : phase === 'idle' && isKnown ? 0 : null,
    backend:
      server !== null && (server.address !== target.address || server.port !== target.port) ? server : null,
  };
}

/** Of what was said between the beginning and the RST these two tell nothing. */
const tellsOfLife = ({ flags }: PacketEvent): boolean => !/[RS]/.test(flags);

/** When one of its sockets last sent or received data, by its own word at its end; undefined where none told. */
function lastDataAt({ kernel }: Story): Micros | undefined {
  for (const { change, at, cookie, node, lastSentMs: sent, lastReceivedMs: received } of kernel.sockets) {
    if (change !== 'destroyed' || sent === null || received === null) continue;
    // Its line is printed late; the kernel's own is not.
    const own = kernel.events.find(
      (event) => event.tracepoint === 'destroy-socket' && event.cookie === cookie && event.node === node,
    );
    return parseMicros(own?.at ?? at) - Math.min(sent, received) * 1_000;
  }
  return undefined;
}

/** Pushed one by one after the last answer, each counted once on all its legs; one where no data was captured. */
function questionsOf({ packets, goesToClient, lost }: Story): number {
  const failedAt = formatMicros(Math.max(0, lost.failedAt));
  const data = packets.filter(({ payloadLength, at }) => payloadLength > 0 && at <= failedAt);
  const answer = data.findLastIndex(goesToClient);
  const pushed = data.slice(answer + 1).filter(({ flags }) => flags.includes('P'));
  return Math.max(1, new Set(pushed.map(({ seq }) => seq)).size);
}
