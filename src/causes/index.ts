// Every page of the catalogue, in the order of the causes' ids; reports and `netdebug explain` read the same text.
import type { CauseId } from '../model/cause.ts';
import { conntrackEntryDeleted } from './conntrack-entry-deleted/page.ts';
import { conntrackExpired } from './conntrack-expired/page.ts';
import { conntrackInvalid } from './conntrack-invalid/page.ts';
import { conntrackTableFull } from './conntrack-table-full/page.ts';
import { endpointReplaced } from './endpoint-replaced/page.ts';
import { forgedReset } from './forged-reset/page.ts';
import { policyReject } from './policy-reject/page.ts';
import { probeStalled } from './probe-stalled/page.ts';
import { routeTableConflict } from './route-table-conflict/page.ts';
import { serverAborted } from './server-aborted/page.ts';
import { serverProcessDied } from './server-process-died/page.ts';
import { silentDrop } from './silent-drop/page.ts';
import { unknown } from './unknown/page.ts';
import type { CatalogueEntry } from './cause-page.ts';

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
