// Every cause that the diagnosis knows, in the order of the catalogue.
import type { CauseModel } from '../diagnose/why/cause-model.ts';
import { conntrackEntryDeleted } from './conntrack-entry-deleted/model.ts';
import { conntrackExpired } from './conntrack-expired/model.ts';
import { conntrackInvalid } from './conntrack-invalid/model.ts';
import { conntrackTableFull } from './conntrack-table-full/model.ts';
import { endpointReplaced } from './endpoint-replaced/model.ts';
import { forgedReset } from './forged-reset/model.ts';
import { policyReject } from './policy-reject/model.ts';
import { probeStalled } from './probe-stalled/model.ts';
import { routeTableConflict } from './route-table-conflict/model.ts';
import { serverAborted } from './server-aborted/model.ts';
import { serverProcessDied } from './server-process-died/model.ts';
import { silentDrop } from './silent-drop/model.ts';

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
