// How a lost connection's way ended, in a sentence: where its packet stopped, and who answered instead.
import { authorWords, type Author } from '../../../model/author.ts';
import { formatEndpoint } from '../../../model/endpoint.ts';
import type { Passage, PassageEnd, WaylessLoss } from '../../run-view.ts';
import { answeredByReset, isUntraced, stopSite } from './passage-sites.ts';

/** The last hop of a passage that something happened to, or of an ordinary one: without an end it is answered. */
export function arrivalWords(passage: Passage): string {
  const { end, server, seen, accepted } = passage;
  const at = `The server at ${formatEndpoint(server)}`;
  const port = formatEndpoint(seen);
  if (answeredByReset(passage))
    return `${at} sees ${port}, but its socket is for port ${accepted?.port ?? '?'}. Its kernel answers with RST.`;
  if (end !== null) return endWords(passage, end);
  if (accepted === null)
    return `${at} sees ${port}; which socket it has for this connection was not recorded.`;
  return `${at} sees ${port}, for which it has a socket: it answers.`;
}

function endWords(passage: Passage, end: PassageEnd): string {
  const { server, seen } = passage;
  const { stopped } = end;
  if (stopSite(passage) !== null && stopped !== null)
    return `It stops here: last seen at ${stopped.lastSeen}, and not at ${stopped.next}, where those before it were seen. ${answerWords(end)}`;
  if (isUntraced(passage) && stopped !== null)
    return `It stops on its way: last seen at ${stopped.lastSeen}, and not at ${stopped.next}, where those before it were seen. ${answerWords(end)}`;
  const strayed =
    end.strayed === null
      ? ''
      : ` It was last seen at ${end.strayed.to}, and those before it at ${end.strayed.usual}.`;
  if (isUntraced(passage))
    return `Its way goes to the server's pod at ${formatEndpoint(server)}, as ${formatEndpoint(seen)}; whether it came there was not seen.${strayed} ${answerWords(end)}`;
  const answers =
    stopped?.from === 'server'
      ? ` What it sends back stops: last seen at ${stopped.lastSeen}, and not at ${stopped.next}, where those before it were seen.`
      : '';
  const goes =
    end.arrived || end.author.startsWith('server-')
      ? "It reaches the server's pod"
      : "Its way goes to the server's pod";
  return `${goes} at ${formatEndpoint(server)}, as ${formatEndpoint(seen)}.${strayed}${answers} ${answerWords(end)}`;
}

/** Of a connection that no way is known of. */
export function waylessWords({ client, target, phase, cause, connections, end }: WaylessLoss): string {
  const many = connections === 1 ? '1 connection' : `${connections} connections`;
  const way =
    client === null || phase === 'connecting'
      ? `${many} to ${formatEndpoint(target)} (${cause}) ${connections === 1 ? 'was' : 'were'} never made, so that no entry tells of a way`
      : `No node reported an entry of the connection from ${formatEndpoint(client)} to ${formatEndpoint(target)} (${cause}), so its way cannot be drawn`;
  const stopped =
    end.stopped === null
      ? ''
      : ` Its last packet was last seen at ${end.stopped.lastSeen}, and not at ${end.stopped.next}, where those before it were seen.`;
  return `${way}.${stopped} ${answerWords(end)}`;
}

/** `A rule on the node (proven) answers with RST, in the server's name.` */
function answerWords(end: PassageEnd): string {
  const { author, certainty, answer, answeredAt } = end;
  const seen = answeredAt === null ? '' : `, first seen at ${answeredAt}`;
  if (author === 'nobody') return `Nobody answers (${certainty}).`;
  if (author === 'unknown')
    return answer === 'nothing'
      ? 'Nothing is answered; by whose doing is open.'
      : `What comes back is ${withWhat(answer)}${seen}; by whom is open.`;
  const who = `${capital(authorWords[author])} (${certainty})`;
  if (author === 'gave-up') return `${who} ends it.`;
  if (answer === 'nothing' || answer === null) return `${who} ended the connection.`;
  if (isClosing(author)) return `${who} ends the connection: ${withWhat(answer)}${seen}.`;
  const name = inOthersName.has(author) ? ", in the other end's name" : '';
  const what = author === 'client-kernel' ? 'answers what comes back' : 'answers';
  return `${who} ${what} with ${withWhat(answer)}${name}${seen}.`;
}

const isClosing = (author: Author): boolean =>
  author.endsWith('-application') || author.endsWith('-process-died') || author === 'privileged-program';

const inOthersName = new Set<Author>(['node-rule', 'in-between', 'node-kernel']);

const withWhat = (answer: PassageEnd['answer']): string =>
  ({ reset: 'RST', close: 'FIN', icmp: 'an ICMP error', nothing: 'nothing' })[answer ?? 'nothing'];

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
