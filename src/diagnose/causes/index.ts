// Every cause that the diagnosis knows, in the order of the catalogue.
import type { CauseModel } from './cause-model.ts';
import { conntrackEntryDeleted } from './conntrack-entry-deleted.ts';
import { conntrackExpired } from './conntrack-expired.ts';
import { conntrackInvalid } from './conntrack-invalid.ts';
import { conntrackTableFull } from './conntrack-table-full.ts';
import { endpointReplaced } from './endpoint-replaced.ts';
import { forgedReset } from './forged-reset.ts';
import { policyReject } from './policy-reject.ts';
import { probeStalled } from './probe-stalled.ts';
import { routeTableConflict } from './route-table-conflict.ts';
import { serverAborted } from './server-aborted.ts';
import { serverProcessDied } from './server-process-died.ts';
import { silentDrop } from './silent-drop.ts';

export const causeModels: readonly CauseModel[] = [
  routeTableConflict,
  conntrackEntryDeleted,
  conntrackInvalid,
  conntrackExpired,
  conntrackTableFull,
  policyReject,
  endpointReplaced,
  serverProcessDied,
  serverAborted,
  forgedReset,
  silentDrop,
  probeStalled,
];
