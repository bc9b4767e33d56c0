// The causes, in the order in which they are listed and in which the diagnosis asks for them: a cause is its folder and a line here.
import type { CauseModel } from '../diagnose/why/cause-model.ts';
import type { CatalogueEntry } from './cause-page.ts';

// Loaded by import(), since a static import would need a second line for each.
const folders = await Promise.all([
  import('./route-table-conflict/cause.ts'),
  import('./conntrack-entry-deleted/cause.ts'),
  import('./conntrack-invalid/cause.ts'),
  import('./untranslated-answer/cause.ts'),
  import('./translation-changed/cause.ts'),
  import('./conntrack-expired/cause.ts'),
  import('./conntrack-table-full/cause.ts'),
  import('./port-clash/cause.ts'),
  import('./policy-reject/cause.ts'),
  import('./service-without-endpoints/cause.ts'),
  import('./backlog-overflow/cause.ts'),
  import('./endpoint-replaced/cause.ts'),
  import('./duplicate-owner/cause.ts'),
  import('./server-process-died/cause.ts'),
  import('./server-killed-for-memory/cause.ts'),
  import('./server-aborted/cause.ts'),
  import('./keep-alive-race/cause.ts'),
  import('./idle-timeout-between/cause.ts'),
  import('./ipvs-entry-expired/cause.ts'),
  import('./socket-destroyed/cause.ts'),
  import('./client-aborted/cause.ts'),
  import('./client-died/cause.ts'),
  import('./forged-reset/cause.ts'),
  import('./silent-drop/cause.ts'),
  import('./one-way-drop/cause.ts'),
  import('./peer-host-gone/cause.ts'),
  import('./path-mtu-black-hole/cause.ts'),
  import('./probe-stalled/cause.ts'),
  import('./unknown/cause.ts'),
]);
const causes = folders.map(({ cause }) => cause);

type KnownCause = (typeof causes)[number];

/** The ids of the causes of this version; a record may name others. They are fixed: reports, alerts and run books refer to them. */
export type CauseId = KnownCause['id'];

/** The names of the fixes that the scenario of a cause must have, as its page says that they are shown in the lab. */
export type LabFix<Id extends CauseId> = Extract<KnownCause, { id: Id }>['labFixes'][number];

export const causeIds: readonly CauseId[] = causes.map(({ id }) => id);

/** Every page; reports and `netdebug explain` read the same text. */
export const catalogue: readonly CatalogueEntry[] = causes.map(({ page }) => page);

/** Undefined for a cause of another version. */
export function pageOf(cause: string): CatalogueEntry | undefined {
  return catalogue.find(({ id }) => id === cause);
}

/** Every cause that evidence can lead to. */
export const causeModels: readonly CauseModel[] = causes.flatMap(({ model }) => model ?? []);
