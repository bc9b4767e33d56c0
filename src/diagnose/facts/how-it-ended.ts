// How the connection ended, by whoever told: the client's program where it wrote events, and the packets.
import { formatMicros, parseMicros } from '../../model/clock.ts';
import type { FailureKind } from '../../model/probe-event.ts';
import type { Story } from '../connections/story.ts';
import {
  asEvidence,
  captureGap,
  clientLine,
  conclusion,
  no,
  notSeen,
  seenIf,
  serverGap,
  unknown,
  yes,
  type Look,
} from './fact.ts';
import { kernelWords } from './reset-sender.ts';
import { mayHaveGoneUnseen } from './silence.ts';

/** The client's own word, or what the packets show in its stead. */
function endedBy(...kinds: readonly FailureKind[]): Look {
  return (story) => {
    if (!kinds.includes(story.lost.failure)) return no();
    return yes(...ownWords(story));
  };
}

function ownWords(story: Story) {
  const { report, failure } = story.lost;
  if (report === null) {
    const last = story.resets[0] ?? story.packets.at(-1);
    return last === undefined ? kernelWords(story) : [asEvidence(last)];
  }
  const after = failure === 'reset' ? `, after ${report.answers} answers` : '';
  const text =
    failure === 'closed'
      ? `the peer closed the connection${report.phase === 'awaiting' ? ' with a question unanswered' : ''}`
      : `${report.syscall} ${report.local ?? '?'}->${report.remote}: ${report.errno} while ${report.phase}${after}`;
  return [clientLine(story, text, report.at)];
}

export const wasReset = endedBy('reset');
export const wasRefused = endedBy('refused');
export const wasClosed = endedBy('closed');
/** Nothing was answered; which cannot be told of a client that may have gone before its RST. */
export const timedOut: Look = (story) =>
  mayHaveGoneUnseen(story) ? unknown('capture-at-client') : endedBy('timeout')(story);
/** Somebody said that the way ends: an ICMP error, or the client's own kernel that found no next hop. */
export const wasUnreachable = endedBy('unreachable');

/** One of our own probes wrote down what it lived through. */
export const toldByProbe: Look = ({ lost }) => seenIf(lost.report !== null);

/** The program itself wrote that it was reset; what it only lacked an answer for is nothing of the kind. */
export const clientSaysReset: Look = (story) =>
  story.lost.report === null ? unknown(null) : wasReset(story);

/** It never came to a connection. */
export const neverConnected: Look = ({ lost }) =>
  lost.phase === null ? unknown(null) : seenIf(lost.phase === 'connecting');

/** Nothing was asked of the server just then. */
export const failedWhileIdle: Look = (story) => {
  const { phase, report } = story.lost;
  if (phase === null) return unknown(null);
  return seenIf(phase === 'idle', clientLine(story, 'the connection was idle when it failed', report?.at));
};

/** The next attempt to connect was refused. One that was made late, when somebody listened again, cannot tell. */
export const refusedAfterwards: Look = (story) => {
  const [next] = story.lost.afterwards;
  const opened = story.listenerChanges.some(({ change }) => change === 'opened');
  if (next === undefined || (next.failure === null && opened)) return unknown(null);
  return seenIf(
    next.failure === 'refused',
    clientLine(story, 'the next attempt to connect was refused', next.at),
  );
};

/** The next attempt to connect was not answered. */
export const silentAfterwards: Look = (story) => {
  const [next] = story.lost.afterwards;
  if (next === undefined) return unknown(null);
  return seenIf(
    next.failure === 'timeout' || next.failure === 'unreachable',
    clientLine(story, 'the next attempt to connect was not answered', next.at),
  );
};

/** The server's side said goodbye (FIN) before. */
export const serverClosedFirst = finBefore(true);
/** The client's side did. */
export const clientClosedFirst = finBefore(false);

function finBefore(toClient: boolean): Look {
  return (story) => {
    const gap = captureGap(story);
    if (gap !== null) return unknown(gap);
    const [reset] = story.resets;
    const until = reset === undefined ? story.lost.failedAt + story.slack : parseMicros(reset.at);
    const fin = story.packets.find(
      (packet) =>
        packet.flags.includes('F') &&
        story.goesToClient(packet) === toClient &&
        parseMicros(packet.at) <= until,
    );
    if (fin !== undefined) return yes(asEvidence(fin));
    // A capture that has nothing else of that side would not have its FIN either.
    const hasOthers = story.packets.some(
      (packet) => !packet.flags.includes('R') && story.goesToClient(packet) === toClient,
    );
    return hasOthers ? notSeen(story, 'capture') : unknown('rest-of-connection');
  };
}

/** Keep-alive and retransmissions cannot run out in less. */
const shortestTimeout = 1_000_000;

/**
 * The side that was reset had not been heard for long enough that its peer's kernel can have given it up. Heard is what passed the
 * place where the RST was first seen: what was captured elsewhere need not have reached whoever sent it.
 */
export const silentForLong: Look = (story) => {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const [reset] = story.resets;
  if (reset === undefined) return unknown('captured-reset');
  const fromLoser = story.packets.findLast(
    (packet) =>
      packet.at <= reset.at &&
      packet.node === reset.node &&
      packet.interface === reset.interface &&
      !packet.flags.includes('R') &&
      story.goesToClient(packet) !== story.goesToClient(reset),
  );
  if (fromLoser === undefined) return unknown('rest-of-connection');
  return seenIf(parseMicros(reset.at) - parseMicros(fromLoser.at) >= shortestTimeout, asEvidence(fromLoser));
};

/** The RST or FIN that ended the connection was on the wire long before the client noticed it. */
export const noticedLate: Look = (story) => {
  const { lost } = story;
  if (lost.report === null) return unknown('client-events');
  const last = story.packets.findLast((packet) => /[RF]/.test(packet.flags) && story.goesToClient(packet));
  const waitedMs = last === undefined ? 0 : (lost.failedAt - parseMicros(last.at)) / 1_000;
  const delayMs = Math.max(lost.report.loopDelayMs, lost.lateMs, waitedMs > stall ? waitedMs : 0);
  if (delayMs <= stall || lost.silenceMs <= stall) return no();
  const text = `the client's process did not run for about ${Math.round(Math.max(lost.silenceMs, delayMs))} ms before this`;
  return yes(clientLine(story, text, lost.report.at), ...(last === undefined ? [] : [asEvidence(last)]));
};

/** Milliseconds that a process may be late without having been stopped. */
const stall = 250;

/** The server's process ended this connection because the client had been silent for too long. */
export const serverGaveUpWaiting: Look = (story) => {
  if (story.accepted === null) return unknown(serverGap(story));
  const { ended } = story;
  // Long after the loss it is the other half, which never heard of it, that waits in vain.
  if (ended?.failure !== 'timeout' || parseMicros(ended.at) > story.lost.failedAt + story.slack) return no();
  return yes(serverLine(ended.at, `the server gave up waiting for ${ended.peer}`));
};

/** What our server writes of a connection that it ends by itself; it writes that after the close. */
const ownDoing: ReadonlySet<string> = new Set(['CLOSED', 'IDLE', 'DEADLINE', 'EMSGSIZE']);

/** The server's own program says that it ended this connection, by a decision of its own. */
export const serverSaysItEnded: Look = (story) => {
  if (story.accepted === null) return unknown(serverGap(story));
  // One that was killed has no time to say anything.
  if (story.ended === null) return unknown(null);
  const ended = endedInTime(story);
  if (ended === null || !ownDoing.has(ended.errno)) return no();
  return yes(serverLine(ended.at, `the server says that it ended ${ended.peer} itself (${ended.errno})`));
};

/** The server's program was told that its connection was aborted, though it had not done so itself. */
export const serverSocketDestroyed: Look = (story) => {
  if (story.accepted === null) return unknown(serverGap(story));
  const ended = endedInTime(story);
  if (ended?.errno !== 'ECONNABORTED') return no();
  return yes(
    serverLine(ended.at, `the server's socket of ${ended.peer} was aborted under it (ECONNABORTED)`),
  );
};

/** The client's program was told the same of its own. */
export const clientSocketDestroyed = clientSays(
  'ECONNABORTED',
  "the client's socket was aborted under it (ECONNABORTED)",
);

/** The client's own program says that it ended this connection, with a RST. */
export const clientSaysItAborted = clientSays(
  'ABORTED',
  'the client says that it ended the connection itself',
);

function clientSays(errno: string, words: string): Look {
  return (story) => {
    const { report } = story.lost;
    if (report === null) return unknown(null);
    return seenIf(report.errno === errno, clientLine(story, words, report.at));
  };
}

/**
 * The server was reset, and the client's process, which writes down what becomes of its connections, wrote nothing of this one, and began
 * anew: it had no time to.
 */
export const clientSaidNothing: Look = (story) => {
  const { lost, ended } = story;
  if (lost.report !== null) return no();
  if (lost.toldBy !== 'server') return unknown(null);
  const line = serverLine(ended?.at ?? formatMicros(lost.failedAt), 'the server was reset');
  return yes(
    line,
    conclusion(story, "the client's process wrote nothing of this connection's end, and began anew"),
  );
};

/** Long after the loss it is the other half, which never heard of it, that ends. */
const endedInTime = ({ ended, lost, slack }: Story) =>
  ended !== null && parseMicros(ended.at) <= lost.failedAt + slack ? ended : null;

/** The server noticed the end of this connection before the client did, and as a RST. */
export const serverWasReset: Look = (story) => {
  if (story.accepted === null) return unknown(serverGap(story));
  const { ended, lost } = story;
  const wasReset = ended?.failure === 'reset' && ended.errno !== 'ECONNABORTED';
  const early = wasReset && parseMicros(ended.at) <= lost.failedAt + story.slack;
  return seenIf(early, serverLine(ended?.at ?? '', `the server was reset by ${ended?.peer ?? ''}`));
};

const serverLine = (at: string, text: string) => ({
  source: 'server-events',
  at,
  text,
  file: 'events.ndjson',
});
