// Every page of the catalogue, in the order of the causes' ids; reports and `netdebug explain` read the same text.
import type { CauseId } from '../model/cause.ts';
import { conntrackEntryDeleted } from './causes/conntrack-entry-deleted.ts';
import { conntrackExpired } from './causes/conntrack-expired.ts';
import { conntrackInvalid } from './causes/conntrack-invalid.ts';
import { conntrackTableFull } from './causes/conntrack-table-full.ts';
import { endpointReplaced } from './causes/endpoint-replaced.ts';
import { forgedReset } from './causes/forged-reset.ts';
import { policyReject } from './causes/policy-reject.ts';
import { probeStalled } from './causes/probe-stalled.ts';
import { routeTableConflict } from './causes/route-table-conflict.ts';
import { serverAborted } from './causes/server-aborted.ts';
import { serverProcessDied } from './causes/server-process-died.ts';
import { silentDrop } from './causes/silent-drop.ts';
import { unknown } from './causes/unknown.ts';
import type { CatalogueEntry } from './entry.ts';

/** The page of each cause; a cause without one does not compile. */
export const catalogue: Readonly<Record<CauseId, CatalogueEntry>> = {
  'route-table-conflict': routeTableConflict,
  'conntrack-entry-deleted': conntrackEntryDeleted,
  'conntrack-invalid': conntrackInvalid,
  'conntrack-expired': conntrackExpired,
  'conntrack-table-full': conntrackTableFull,
  'policy-reject': policyReject,
  'endpoint-replaced': endpointReplaced,
  'server-process-died': serverProcessDied,
  'server-aborted': serverAborted,
  'forged-reset': forgedReset,
  'silent-drop': silentDrop,
  'probe-stalled': probeStalled,
  unknown,
};
