// Programs that are not ours get no rights that they would not have in a pod: not root's, and no capabilities.

/** `nobody` and `nogroup` on every Linux. */
export const nobody = 65_534;

/** The words that run a command without rights: as `nobody` when we are root, else as who we are, without the lab's capabilities. */
export function unprivileged(asRoot: boolean, argv: readonly string[]): string[] {
  const who = asRoot ? ['--reuid', String(nobody), '--regid', String(nobody), '--clear-groups'] : [];
  return ['setpriv', ...who, '--inh-caps=-all', '--ambient-caps=-all', ...argv];
}
