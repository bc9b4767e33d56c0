// Every observation by its name: the vocabulary in which the causes are written.
import { entryDeletedByProgram, entryExpired, pickedUpMidStream } from './entries.ts';
import { resetForAnotherPort, ruleMovedPort } from './port.ts';
import * as resets from './resets.ts';
import type { Look } from './sighting.ts';
import * as around from './circumstances.ts';

export const observations = {
  'rule moved the port': ruleMovedPort,
  'reset for another port': resetForAnotherPort,
  'entry deleted by a program': entryDeletedByProgram,
  'entry expired': entryExpired,
  'picked up in mid-stream': pickedUpMidStream,
  'reset came from the server': resets.resetFromServer,
  'reset made on the node': resets.resetMadeOnNode,
  'reset from in between': resets.resetFromBetween,
  'reset has another TTL': resets.resetHasOtherTtl,
  'reset of a missing socket': resets.resetOfNoSocket,
  'reset of a live socket': resets.resetOfLiveSocket,
  'client reset the server': resets.clientResetTheServer,
  'reset translated before the server': resets.resetSeenAsServiceOnUplink,
  'no reset on the wire': resets.noResetSeen,
  'server had closed': resets.finBefore,
  'client sent again and again': resets.clientRetransmitted,
  'client noticed late': resets.noticedLate,
  'endpoint changed': around.endpointChanged,
  'listener closed': around.listenerClosed,
  'refused afterwards': around.refusedAfterwards,
  'silent afterwards': around.silentAfterwards,
  'failed while idle': around.failedWhileIdle,
  'was reset': around.wasReset,
  'was closed': around.wasClosed,
  'timed out': around.timedOut,
  'never connected': around.neverConnected,
  'server gave up waiting': around.serverDeadline,
  'server was reset as well': around.serverWasReset,
  'packets were INVALID': around.invalidRose,
  'INVALID packets were dropped': around.invalidRuleHit,
  'table overflowed': around.tableOverflowed,
  'table full': around.tableFull,
  'reject rule hit': around.rejectRuleHit,
  'drop rule hit': around.dropRuleHit,
  'server sent RSTs': around.serverSentReset,
  'server aborted sockets': around.serverAborted,
} as const satisfies Record<string, Look>;

export type ObservationName = keyof typeof observations;
