// Whether something was asked and not answered when the connection ended, and whether the one who closed it can have known.
import {
  conclusion,
  asEvidence,
  captureGap,
  clientLine,
  no,
  seenIf,
  unknown,
  yes,
  type Look,
} from './fact.ts';

/** The client had asked, and waited for its answer. */
export const questionUnanswered: Look = (story) => {
  const { phase, report } = story.lost;
  if (phase === null) return unknown(null);
  return seenIf(
    phase === 'awaiting',
    ...(report === null ? [] : [clientLine(story, 'a question was unanswered when it ended', report.at)]),
  );
};

/**
 * The server's FIN acknowledges nothing of the last question: its kernel had not received it, and so its program closed a connection
 * that was idle as far as it could know.
 */
export const closedBeforeQuestion: Look = (story) => {
  if (story.lost.failure !== 'closed') return no();
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const { packets, goesToClient } = story;
  const fin = packets.find((packet) => packet.flags.includes('F') && goesToClient(packet));
  const question = packets.findLast((packet) => packet.payloadLength > 0 && !goesToClient(packet));
  if (fin === undefined || question === undefined) return unknown('rest-of-connection');
  // Sequence numbers go round: the difference tells which is the later one.
  const acknowledged = (fin.ack - question.seq) | 0;
  if (acknowledged > 0) return no();
  const knew = ((question.ack - fin.seq - fin.payloadLength) | 0) > 0;
  const words = knew
    ? 'the server had closed when the client asked, which knew of that'
    : 'the server closed before it had received the last question: the two crossed';
  return yes(asEvidence(fin), asEvidence(question), conclusion(story, words));
};
