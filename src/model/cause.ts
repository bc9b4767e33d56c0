// The catalogue's ids; fixed, because reports, alerts and run books refer to them.

export const causeIds = [
  'route-table-conflict',
  'conntrack-entry-deleted',
  'conntrack-invalid',
  'conntrack-expired',
  'conntrack-table-full',
  'policy-reject',
  'endpoint-replaced',
  'server-process-died',
  'server-aborted',
  'forged-reset',
  'silent-drop',
  'probe-stalled',
  'unknown',
] as const;

export type CauseId = (typeof causeIds)[number];
