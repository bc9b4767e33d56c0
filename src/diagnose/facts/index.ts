// Every fact by its name: the vocabulary in which the exclusions and the causes are written.
import * as arrival from './arrival.ts';
import * as server from './around-server.ts';
import * as counters from './counters.ts';
import * as ending from './how-it-ended.ts';
import { entryDeletedByProgram, entryExpired, entryMayHaveRunOut, pickedUpMidStream } from './entries.ts';
import { insertionFailedEachTime, noPlaceEachTime } from './entry-refused.ts';
import { insertionFailed, translationTaken } from './port-taken.ts';
import { resetForAnotherPort, ruleChanged, ruleMovedPort } from './port.ts';
import * as icmp from './icmp.ts';
import { serverKilledForMemory } from './killed-for-memory.ts';
import { ipvsEntryRanOut, senderIsOwnAddress } from './ipvs-entry.ts';
import * as size from './packet-length.ts';
import * as peer from './peer-host.ts';
import { ownerCameBack, ownerChanged, ownersInTurns } from './address-owner.ts';
import * as idle from './idle-close.ts';
import * as population from './population.ts';
import * as form from './reset-form.ts';
import * as way from './reset-way.ts';
import { firstSeenMidStream, sentElsewhere } from './sent-elsewhere.ts';
import * as passed from './untranslated.ts';
import { agentRestarted } from './agent-restarts.ts';
import * as silence from './silence.ts';
import { resetByNewcomer } from './reset-by-newcomer.ts';
import * as kernel from './reset-sender.ts';
import { acceptQueueOverflowed } from './accept-queue.ts';
import { endpointsRuleHit } from './service-endpoints.ts';
import * as sender from './sender-counters.ts';
import * as tally from './sender-tally.ts';
import * as asked from './unanswered.ts';
import * as direction from './which-way.ts';
import type { Fact, Look } from './fact.ts';

export const facts = {
  'was reset': ending.wasReset,
  'was refused': ending.wasRefused,
  'was closed': ending.wasClosed,
  'timed out': ending.timedOut,
  'was unreachable': ending.wasUnreachable,
  'never connected': ending.neverConnected,
  'failed while idle': ending.failedWhileIdle,
  'told by a probe': ending.toldByProbe,
  'client says it was reset': ending.clientSaysReset,
  'client noticed late': ending.noticedLate,
  'server closed first': ending.serverClosedFirst,
  'client closed first': ending.clientClosedFirst,
  'sent again and again': silence.sentAgain,
  'never arrived': arrival.neverArrived,
  'may never have arrived': arrival.mayNeverHaveArrived,
  'one way alone passed': direction.oneWayAlonePassed,
  'neither way passed': direction.neitherWayPassed,
  'only long packets vanished': size.onlyLongVanished,
  'long packets alone were missed': size.onlyLongMissed,
  'length may decide': size.lengthMayDecide,
  'server dropped openings': arrival.serverDroppedOpenings,
  'had been idle': silence.hadBeenIdle,
  'loser silent for long': ending.silentForLong,
  'question unanswered': asked.questionUnanswered,
  'closed before the question': asked.closedBeforeQuestion,
  'asked as it closed': idle.askedAsItClosed,
  'closed on a question that had just come': idle.closedOnFreshQuestion,
  'closed after the same silence': idle.closedAfterSameSilence,
  'refused afterwards': ending.refusedAfterwards,
  'silent afterwards': ending.silentAfterwards,
  'server gave up waiting': ending.serverGaveUpWaiting,
  'server says it ended it': ending.serverSaysItEnded,
  "server's socket was destroyed": ending.serverSocketDestroyed,
  "client's socket was destroyed": ending.clientSocketDestroyed,
  'client says it aborted it': ending.clientSaysItAborted,
  "client's process said nothing of it": ending.clientSaidNothing,
  'server was reset as well': ending.serverWasReset,
  'ICMP error seen': icmp.errorSeen,
  'ICMP: packet too long': icmp.tooLong,
  'ICMP answer: port unreachable': icmp.portUnreachable,
  'ICMP answer: prohibited': icmp.prohibited,
  'ICMP answer: host unreachable': icmp.hostUnreachable,
  'ICMP answer: time exceeded': icmp.timeExceeded,
  'ICMP made on the node': icmp.madeHere,
  "ICMP left the server's pod": icmp.leftServer,
  'ICMP from outside': icmp.fromOutside,
  'ICMP refused its neighbours': icmp.neighboursRefused,
  'no ICMP error known, nor its neighbours': icmp.noErrorKnown,
  'next attempt refused by ICMP': icmp.nextAttemptRefused,
  'RST on the wire': form.resetSeen,
  'RST to the client': form.resetWentToClient,
  'RST to the server': form.resetWentToServer,
  'RST of a live socket': form.resetOfLiveSocket,
  'RST without a socket': form.resetWithoutSocket,
  'RST has another TTL': form.resetHasOtherTtl,
  'RST made on the way, by its hops': form.resetMadeOnTheWay,
  'RST is fresh like the others': form.resetIsFreshLikeOthers,
  "RST left the server's pod": way.resetLeftServer,
  "RST left the client's pod": way.resetLeftClient,
  "server's pod is known": way.serverPodKnown,
  "client's pod is known": way.clientPodKnown,
  'sender is the node itself': way.senderIsOnNodeItself,
  'RST made on the node': way.resetMadeHere,
  'RST from outside': way.resetFromOutside,
  'RST answers another opening': resetByNewcomer,
  'RST translated too early': way.resetTranslatedTooEarly,
  'client answered what was not translated': way.clientAnsweredUntranslated,
  'no answer known to come untranslated': passed.noUntranslatedKnown,
  'INVALID beyond those answers': passed.invalidBeyondAnswers,
  'untranslated in its order': passed.untranslatedInOrder,
  'it was judged INVALID': passed.judgedInvalid,
  'passed by though in its order': passed.passedInOrder,
  'others answered what was not translated': passed.othersAnsweredUntranslated,
  'sent to another endpoint': sentElsewhere,
  'first seen in mid-stream': firstSeenMidStream,
  'RST for another port': resetForAnotherPort,
  'rule changed': ruleChanged,
  'rule moved the port': ruleMovedPort,
  'entry deleted by a program': entryDeletedByProgram,
  'entry expired': entryExpired,
  'entry may have run out': entryMayHaveRunOut,
  'picked up in mid-stream': pickedUpMidStream,
  'an insertion failed': insertionFailed,
  'an insertion failed each time': insertionFailedEachTime,
  'the table had no place each time': noPlaceEachTime,
  'its translation was taken': translationTaken,
  'IPVS entry ran out': ipvsEntryRanOut,
  "RST in the name of the node's own address": senderIsOwnAddress,
  'endpoint changed': server.endpointChanged,
  'address went to another owner': ownerChanged,
  'address goes back and forth': ownersInTurns,
  'address came back at once': ownerCameBack,
  'server is gone for good': peer.goneForGood,
  "link of the server's node is down": peer.linkDown,
  'neighbour did not answer': peer.neighbourSilent,
  'server may be gone': peer.mayBeGone,
  'listener closed': server.listenerClosed,
  "listener's process ended": server.listenerProcessEnded,
  'killed for memory': serverKilledForMemory,
  'server aborted it itself': kernel.serverAborted,
  'client aborted it itself': kernel.clientAborted,
  'its process was ending': kernel.senderWasEnding,
  "server's kernel had no socket": kernel.serverHadNoSocket,
  "client's kernel had no socket": kernel.clientHadNoSocket,
  "node's kernel had no socket": kernel.nodeHadNoSocket,
  'server had closed it before': kernel.serverHadClosed,
  'client had closed it before': kernel.clientHadClosed,
  'keep-alive ran out': kernel.keepAliveRanOut,
  "a program took the server's socket": kernel.serverSocketTaken,
  "a program took the client's socket": kernel.clientSocketTaken,
  "server's kernel sent a RST": kernel.serverSentReset,
  "client's kernel sent a RST": kernel.clientSentReset,
  "node's kernel sent a RST": kernel.nodeSentReset,
  'server closed it itself': kernel.serverClosedIt,
  'client closed it itself': kernel.clientClosedIt,
  "client's socket was reset": kernel.clientWasReset,
  "server's socket was reset": kernel.serverGotReset,
  "server's socket had ended": kernel.serverSocketEnded,
  "client's kernel gave up": kernel.clientGaveUp,
  'server left input unread': kernel.serverLeftUnread,
  "listener's process lived on": server.listenerProcessLivedOn,
  'sender counted its RSTs': sender.senderCountedResets,
  'sender counted just those RSTs': tally.senderCountedJustThose,
  'sender counted aborts': tally.senderCountedAborts,
  'no abort known to be counted': tally.noAbortKnown,
  'sender counted an abort for each': tally.senderCountedAbortForEach,
  'sender counted unread input for each': tally.senderCountedUnreadForEach,
  'sender answered for a closed socket': tally.senderAnsweredForClosed,
  'sender gave up': sender.senderGaveUp,
  'node counted RSTs of its own': sender.nodeCountedResets,
  'packets were INVALID': counters.invalidRose,
  'INVALID packets dropped': counters.invalidRuleHit,
  'table overflowed': counters.tableOverflowed,
  'table full': counters.tableFull,
  'reject rule hit': counters.rejectRuleHit,
  'rule of a Service without endpoints hit': endpointsRuleHit,
  'accept queue overflowed': acceptQueueOverflowed,
  'drop rule hit': counters.dropRuleHit,
  'no drop rule known to be hit': counters.noDropRuleKnown,
  'agent restarted': agentRestarted,
  'lost only after long idle': population.lostOnlyAfterLongIdle,
  'idle bound parts them': population.idleBoundParts,
  'rejected just as many': population.rejectedJustAsMany,
} as const satisfies Record<string, Look>;

export type FactName = keyof typeof facts;
export const factNames = Object.keys(facts) as FactName[];
export type Facts = Readonly<Record<FactName, Fact>>;
