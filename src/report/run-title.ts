// What was run, in a few words.
import type { RunRecord } from '../model/run-record.ts';

/** `gke-intranode-policy (server-on-node-1) without network-policy`. */
export function runTitle(run: RunRecord): string {
  const variant = (run.variant ?? null) === null ? '' : ` (${run.variant})`;
  const changes = runChanges(run);
  return `${run.scenario ?? run.kind}${variant}${changes === '' ? '' : ` ${changes}`}`;
}

/** What was changed of the scenario: `without network-policy`, `with fix headless-service`; empty when nothing was. */
export function runChanges({ factors, fix }: RunRecord): string {
  const off = Object.entries(factors).filter(([, on]) => !on);
  return [
    ...(off.length === 0 ? [] : [`without ${off.map(([name]) => name).join(' and ')}`]),
    ...(fix === null ? [] : [`with fix ${fix}`]),
  ].join(' ');
}
